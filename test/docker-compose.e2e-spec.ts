/** What docker-compose.yml and deploy/Dockerfile must agree upon; neither can be run here. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { STOP_BUDGET_MS } from '#installation/run-app.js';

const ROOT = resolve(import.meta.dirname, '..');
const DOCKERFILE = readFileSync(resolve(ROOT, 'deploy/Dockerfile'), 'utf8');
const { services, volumes } = parse(readFileSync(resolve(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true });

test('decision 15: the gateway’s data folder is a volume of its own, which the image’s user may write', () => {
  const folder = /GATEHOUSE_DATA=(\S+)/.exec(DOCKERFILE)?.[1] as string;
  const config = /GATEHOUSE_CONFIG=(\S+)/.exec(DOCKERFILE)?.[1] as string;
  expect(services.gateway.volumes).toEqual([`./config:${config}:ro`, `gateway:${folder}`]);
  expect(Object.keys(volumes)).toContain('gateway');
  const shared = Object.entries<{ volumes?: string[] }>(services).filter(([, { volumes: own = [] }]) =>
    own.some((volume) => volume.startsWith('gateway:')),
  );
  expect(shared.map(([name]) => name)).toEqual(['gateway']);
  // Docker gives a new volume what the image has at its place, the owner with it.
  const [, before = '', user = ''] = /^([\s\S]*)^USER (\S+)$/m.exec(DOCKERFILE) ?? [];
  expect(before).toContain(`mkdir -p ${folder} && chown ${user}:${user} ${folder}`);
});

test.each(['gateway', 'auth-server', 'portal'])('BEHAVIOURS 96: Docker kills %s only after its own time to stop', (name) => {
  const seconds = Number(/^(\d+)s$/.exec(services[name].stop_grace_period)?.[1]);
  expect(seconds * 1_000).toBeGreaterThan(STOP_BUDGET_MS);
});
