import { rmSync } from 'node:fs';

export default function teardown() {
  if (process.env.GATEHOUSE_TEST_TEMPLATE) rmSync(process.env.GATEHOUSE_TEST_TEMPLATE, { recursive: true, force: true });
}
