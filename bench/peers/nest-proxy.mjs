/** What a gateway on Nest usually looks like: a token check and http-proxy-middleware as Nest middleware, with kept connections. */
import 'reflect-metadata';
import { Agent } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { checkToken } from './known-tokens.mjs';

const { PORT, UPSTREAM_URL } = process.env;

function admit(request, response, next) {
  const token = checkToken(request.headers.authorization);
  if (typeof token === 'number') return response.status(token).end();
  request.headers['x-consumer-id'] = token.application;
  request.headers['x-consumer-custom-id'] = token.subscription;
  request.headers['x-credential-identifier'] = token.client;
  request.headers['x-plan-id'] = token.plan;
  request.headers['x-authenticated-scope'] = 'read';
  delete request.headers.authorization;
  return next();
}

class GatewayModule {
  configure(consumer) {
    const proxy = createProxyMiddleware({ target: UPSTREAM_URL, agent: new Agent({ keepAlive: true }) });
    consumer.apply(admit, proxy).forRoutes('/orders/*path');
  }
}
Module({})(GatewayModule);

const app = await NestFactory.create(GatewayModule, { logger: false, bodyParser: false });
await app.listen(Number(PORT), '127.0.0.1');
