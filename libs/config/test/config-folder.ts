import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Path inside the folder → content; null takes a file away. */
export type Files = Readonly<Record<string, string | null>>;

/** A small folder without a mistake. */
export const GOOD: Readonly<Record<string, string>> = {
  'gatehouse.yaml': `title: Test
portal:
  authMethods: [local]
initialUsers:
  - email: admin@example.com
    password: wicked
    groups: [admin]
`,
  'groups.yaml': `admin: { name: Administrators, admin: true }
partners: { name: Partners }
`,
  'auth-methods/local.yaml': `type: local
name: Email and password
`,
  'plans/basic.yaml': `name: Basic
plugins:
  - { name: rate-limiting, config: { hour: 100 } }
`,
  'plans/gold.yaml': `name: Gold
`,
  'apis/orders/api.yaml': `name: Orders
auth: oauth2
authMethods: [local]
plans: [basic]
oauth2:
  scopes: { read: Read orders }
upstream:
  url: http://localhost:9001
routes:
  - paths: [/orders]
`,
  'apis/stock/api.yaml': `name: Stock
auth: key-auth
plans: [basic]
upstream:
  url: http://localhost:9002
routes:
  - paths: [/stock]
`,
  'apis/status/api.yaml': `name: Status
auth: none
upstream:
  url: http://localhost:9003
routes:
  - paths: [/status]
`,
  'applications/shop.yaml': `name: Shop
clientType: confidential
redirectUris: [https://shop.example.com/callback]
owners:
  - { email: admin@example.com, role: owner }
subscriptions:
  - api: orders
    plan: basic
    clientId: shop-orders
    clientSecret: shop-secret-1
  - api: stock
    plan: basic
    apiKey: shop-key-1
`,
};

/** Writes the good folder with some files changed, runs a step on it, and takes it away. */
export async function withFolder<T>(changes: Files, step: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-config-'));
  try {
    for (const [path, content] of Object.entries({ ...GOOD, ...changes })) {
      if (content === null) continue;
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await step(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The good content of a file with a piece of it replaced. */
export function changed(path: string, from: string, to: string): Files {
  const content = GOOD[path] ?? '';
  if (!content.includes(from)) throw new Error(`${path} does not hold ${from}`);
  return { [path]: content.replace(from, () => to) };
}
