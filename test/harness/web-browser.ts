/** A real browser for tests: Chromium without a screen, and what every page must fulfil in it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Screens and schemes that pages are looked at in: name → options of a browser context. */
export const VIEWS = [
  ['light, phone', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
  ['light, desktop', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
  ['dark, phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
  ['dark, desktop', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
] as const;

/** Starts the browser of the machine: CHROMIUM, or where Debian puts it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
}

/** Opens a tab that gathers what the browser complains about: script errors, refusals by policy, missing files. */
export async function openTab(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints };
}

/**
 * Checks what holds for every page: it fits the screen, and breaks no rule of WCAG 2.2 A and AA that a machine can tell. The checker
 * is evaluated from outside: the page's policy, which forbids scripts that are not ours, stays in force.
 */
export async function checkPage(page: Page): Promise<void> {
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  await page.evaluate(AXE);
  const violations = await page.evaluate<string[]>(VIOLATIONS);
  expect({ url: page.url(), overflow, violations }).toEqual({ url: page.url(), overflow: 0, violations: [] });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs in the page. A contrast that the checker could not tell, as over a gradient, counts as a fault, but not one of what is scrolled away. */
const VIOLATIONS = `(async () => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations, incomplete } = await axe.run({ runOnly, rules: { 'target-size': { enabled: true } } });
  const untold = incomplete.filter(({ id }) => id === 'color-contrast');
  const hidden = ({ any }) => any.some(({ data }) => data?.messageKey === 'elmPartiallyObscured');
  return [...violations, ...untold].flatMap(({ id, nodes }) =>
    nodes.filter((node) => !hidden(node)).map(({ html, any, all, none }) => id + ': ' + html.slice(0, 120) + ' ' + [...any, ...all, ...none].map(({ message }) => message).join('; ')));
})()`;
