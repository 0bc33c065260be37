import { Controller, Get, Header } from '@nestjs/common';
import { Registry } from '#config/registry-holder.js';
import { homePage } from './home.page.js';

@Controller()
export class HomeController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  show(): string {
    return homePage(this.registry.snapshot);
  }
}
