import { IsArray, IsBoolean, IsOptional, IsString } from 'class-validator';
import { AllowedScopes } from './allowed-scopes.decorator.js';
import { Doc, SectionList } from './section.decorator.js';
import { IsClientId, IsEmailAddress, IsId, IsLine, IsSecret, IsSecrets, IsWord } from './text.decorator.js';

export class OwnerSection {
  @Doc('E-mail address of the person, who may sign up later.')
  @IsEmailAddress()
  email!: string;

  @Doc('owner: may do everything; collaborator: may change it; reader: may look.')
  @IsOptional()
  @IsWord(['owner', 'collaborator', 'reader'])
  role: string = 'owner';
}

export class SubscriptionSection {
  @Doc('Id of the API.')
  @IsId()
  api!: string;

  @Doc('Id of one of the plans that the API lists.')
  @IsId()
  plan!: string;

  @Doc('People are not asked for consent, and a request without scopes gets all of them.')
  @IsOptional()
  @IsBoolean()
  trusted: boolean = false;

  @Doc('Scopes that can be granted at all: all, none, or a list.')
  @IsOptional()
  @AllowedScopes()
  allowedScopes: string | string[] = 'all';

  @Doc('Client id, for APIs with oauth2; unique in the folder.')
  @IsOptional()
  @IsClientId()
  clientId?: string;

  @Doc(
    'Client secret of a confidential client, or a list of secrets of which each works; better variables such as "${SHOP_SECRET}". Only their SHA-256 is kept.',
  )
  @IsOptional()
  @IsSecrets(8, 5)
  clientSecret?: string | string[];

  @Doc('API key, for APIs with key-auth; better a variable. Only its SHA-256 is kept.')
  @IsOptional()
  @IsSecret(8)
  apiKey?: string;
}

@Doc('applications/<id>.yaml: an application and its subscriptions to APIs; read-only elsewhere.')
export class ApplicationFile {
  @Doc('Name shown to people, on the consent page among others.')
  @IsLine()
  name!: string;

  @Doc('confidential: a server that keeps a secret; public_spa: runs in the browser; public_native: runs on a device.')
  @IsWord(['confidential', 'public_spa', 'public_native'])
  clientType!: string;

  @Doc('Where people are sent back to; compared exactly, but for the port of a loopback address.')
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  redirectUris: string[] = [];

  @Doc('People who look after the application.')
  @IsOptional()
  @SectionList(() => OwnerSection)
  owners: OwnerSection[] = [];

  @Doc('APIs that the application may call.')
  @IsOptional()
  @SectionList(() => SubscriptionSection)
  subscriptions: SubscriptionSection[] = [];
}
