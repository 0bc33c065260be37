import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { contrastRatio, formatHexColor, parseHexColor } from './color.js';
import { accentOf, type Scheme, SURFACES, themeStylesheet } from './theme-stylesheet.js';

const COLORS = ['#0b5fff', '#ffcc00', '#000000', '#ffffff', '#00e5a8', '#7a0019', '#808080', '#e91e63', '#001a4d', '#fafafa'];

describe.each(['light', 'dark'] as Scheme[])('the accent in the %s scheme', (scheme) => {
  test.each(COLORS)('of %s is readable wherever it is used (WCAG 2.2 §1.4.3)', (color) => {
    const accent = accentOf(parseHexColor(color), scheme);
    const written = (value: readonly [number, number, number]) => parseHexColor(formatHexColor(value));
    const text = written(accent.text);
    expect(contrastRatio(text, parseHexColor(SURFACES[scheme].page))).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(text, parseHexColor(SURFACES[scheme].surface))).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(text, written(accent.tint))).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(written(accent.onFill), written(accent.fill))).toBeGreaterThanOrEqual(4.5);
  });
});

test('contrast is that of WCAG 2.2', () => {
  expect(contrastRatio([0, 0, 0], [1, 1, 1])).toBeCloseTo(21, 5);
  expect(contrastRatio(parseHexColor('#777777'), [1, 1, 1])).toBeCloseTo(4.48, 2);
});

test('a colour that is readable already stays what it is', () => {
  expect(formatHexColor(accentOf(parseHexColor('#7a0019'), 'light').text)).toBe('#7a0019');
});

test('a dark colour is lightened on a dark page, its hue kept', () => {
  const [red, green, blue] = accentOf(parseHexColor('#001a4d'), 'dark').text;
  expect(blue).toBeGreaterThan(green);
  expect(green).toBeGreaterThan(red);
});

test.each(['#abc', 'abc', '#aabbcc', '#aabbccdd', '#abcd'])('%s is a colour', (text) => {
  expect(formatHexColor(parseHexColor(text))).toBe('#aabbcc');
});

test.each(['', 'red', '#ab', '#abcde', 'rgb(1,2,3)', '#fff; } body { display: none'])('"%s" is refused', (text) => {
  expect(() => parseHexColor(text)).toThrow('Not a hex colour');
});

test('the surfaces that contrast is computed for are those of tokens.css', () => {
  const css = readFileSync(new URL('../../assets/tokens.css', import.meta.url), 'utf8');
  const [light, dark] = css.split('@media') as [string, string];
  for (const [scheme, part] of [
    ['light', light],
    ['dark', dark],
  ] as const) {
    expect(part).toContain(`--page: ${SURFACES[scheme].page};`);
    expect(part).toContain(`--surface: ${SURFACES[scheme].surface};`);
  }
});

test('every text colour of tokens.css reaches 4.5 : 1 on what it stands on', () => {
  const css = readFileSync(new URL('../../assets/tokens.css', import.meta.url), 'utf8');
  for (const part of css.split('@media')) {
    const token = (name: string) => parseHexColor(new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(part)?.[1] ?? 'missing');
    for (const ground of ['page', 'surface', 'sunken']) {
      expect(contrastRatio(token('ink'), token(ground))).toBeGreaterThanOrEqual(4.5);
      expect(contrastRatio(token('muted'), token(ground))).toBeGreaterThanOrEqual(4.5);
    }
    for (const tone of ['good', 'warn', 'bad']) {
      expect(contrastRatio(token(tone), token(`${tone}-tint`))).toBeGreaterThanOrEqual(4.5);
      expect(contrastRatio(token(tone), token('surface'))).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrastRatio(token('on-mark'), token('mark'))).toBeGreaterThanOrEqual(4.5);
    // The edge of a field shows where it is (WCAG 2.2 §1.4.11).
    expect(contrastRatio(token('line-strong'), token('surface'))).toBeGreaterThanOrEqual(3);
  }
});

test('the generated stylesheet has both schemes', () => {
  const css = themeStylesheet('#0b5fff');
  expect(css.match(/--accent: #[0-9a-f]{6};/g)).toHaveLength(2);
  expect(css).toContain('prefers-color-scheme: dark');
});
