import { expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { NO_COUNTERS, RecordedCall } from '../../test/recorded-call.js';
import { CorsConfig } from './cors.config.js';
import { cors } from './cors.js';

const compile = (config: Partial<CorsConfig>) =>
  cors.compile(Object.assign(new CorsConfig(), config), { counters: NO_COUNTERS, scope: 'api:orders' });
const PREFLIGHT = { origin: 'https://app.example', 'access-control-request-method': 'PUT' };

test('BEHAVIOURS 89: a preflight is answered in the phase before the credential', () => {
  const call = new RecordedCall({ method: 'OPTIONS' }, { ...PREFLIGHT, 'access-control-request-headers': 'authorization, x-trace' });
  expect(compile({ maxAge: 60 }).request?.(call)).toEqual({
    status: 204,
    reason: 'cors-preflight',
    headers: {
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': 'authorization, x-trace',
      'Access-Control-Max-Age': '60',
    },
  });
});

test('a preflight from another origin learns nothing', () => {
  const call = new RecordedCall({ method: 'OPTIONS' }, PREFLIGHT);
  const hooks = compile({ origins: ['https://other.example'] });
  expect(hooks.request?.(call)).toEqual({ status: 204, reason: 'cors-preflight' });
  hooks.response?.(call);
  expect(call.response['Access-Control-Allow-Origin']).toBeUndefined();
});

test('a list of fields that is none is not reflected', () => {
  const call = new RecordedCall({ method: 'OPTIONS' }, { ...PREFLIGHT, 'access-control-request-headers': 'a; b' });
  expect(compile({}).request?.(call)).not.toHaveProperty(['headers', 'Access-Control-Allow-Headers']);
});

test.each([
  ['OPTIONS without Access-Control-Request-Method', 'OPTIONS', { origin: 'https://app.example' }],
  ['OPTIONS without Origin', 'OPTIONS', { 'access-control-request-method': 'PUT' }],
  ['GET', 'GET', PREFLIGHT],
])('%s is no preflight', (_, method, request) => {
  expect(compile({}).request?.(new RecordedCall({ method }, request as Record<string, string>))).toBeUndefined();
});

test.each([
  ['any origin', {}, 'https://app.example', '*', undefined],
  ['a named origin', { origins: ['https://app.example'], credentials: true }, 'https://app.example', 'https://app.example', 'true'],
  ['another origin', { origins: ['https://app.example'], credentials: true }, 'https://evil.example', undefined, undefined],
  ['no origin', {}, undefined, undefined, undefined],
])('BEHAVIOURS 89: Vary always, %s', (_, config, origin, allowed, credentials) => {
  const call = new RecordedCall({}, origin === undefined ? {} : { origin });
  compile(config).response?.(call);
  expect(call.response['Access-Control-Allow-Origin']).toBe(allowed);
  expect(call.response['Access-Control-Allow-Credentials']).toBe(credentials);
  expect(call.response.Vary).toBe('Origin');
  expect(call.removed).toContain('access-control-allow-origin');
});

test.each([
  ['defaults', {}, 0],
  ['named origins with credentials', { origins: ['https://a.example', 'http://localhost:3000'], credentials: true }, 0],
  ['* with credentials (BEHAVIOURS 89)', { origins: ['*'], credentials: true }, 1],
  ['an origin with a path', { origins: ['https://a.example/x'] }, 1],
  ['a field name with a space', { headers: ['x y'] }, 1],
])('config: %s', (_, plain, faults) => {
  expect(validateSync(plainToInstance(CorsConfig, plain))).toHaveLength(faults);
});
