import { IsArray, IsOptional } from 'class-validator';
import { IsDuration } from './quantity.decorator.js';
import { Doc } from './section.decorator.js';
import { IsWebOrigin } from './url.decorator.js';

export class WebSocketSection {
  @Doc('Origins whose pages may open a WebSocket, such as https://app.example, or "*" for all; pages of the API itself always may.')
  @IsOptional()
  @IsArray()
  @IsWebOrigin()
  origins: string[] = [];

  @Doc('How long client or upstream may say nothing, not even an answer to a ping; after half of it they are pinged.')
  @IsOptional()
  @IsDuration('2s', '1d')
  idleTimeout: number | string = '60s';
}
