import { contrastRatio, formatHexColor, mixColors, parseHexColor, type Rgb, reachContrast } from './color.js';

/** Backgrounds that the accent must be read on; the same values stand in assets/tokens.css, and a test holds them together. */
export const SURFACES = {
  light: { page: '#faf9f7', surface: '#ffffff' },
  dark: { page: '#131416', surface: '#1b1d20' },
} as const;

export type Scheme = keyof typeof SURFACES;

/** What one colour becomes in a scheme. */
export interface Accent {
  /** Fill of buttons. */
  readonly fill: Rgb;
  /** Text on the fill. */
  readonly onFill: Rgb;
  /** Links and other text in the colour; at least 4.5 : 1 on page, surface and tint. */
  readonly text: Rgb;
  /** A breath of the colour, behind text. */
  readonly tint: Rgb;
}

const INK: Rgb = parseHexColor('#16171a');
const WHITE: Rgb = [1, 1, 1];

/** WCAG 2.2 §1.4.3 (text) and §1.4.11 (what shows where a control is). */
const TEXT_CONTRAST = 4.5;
const CONTROL_CONTRAST = 3;

export function accentOf(color: Rgb, scheme: Scheme): Accent {
  const page = parseHexColor(SURFACES[scheme].page);
  const surface = parseHexColor(SURFACES[scheme].surface);
  const direction = scheme === 'light' ? 'darker' : 'lighter';
  // A light brand colour stays what it is in the light scheme, with dark text on it; a dark one would vanish on a dark page.
  const shown = scheme === 'light' ? color : reachContrast(color, [page, surface], CONTROL_CONTRAST, 'lighter');
  // Where white is nearly readable, a slightly deeper fill makes it so: that looks more like the brand than dark text would.
  const whiteText = contrastRatio(WHITE, shown) >= 3;
  const fill = whiteText ? reachContrast(shown, [WHITE], TEXT_CONTRAST, 'darker') : shown;
  const tint = mixColors(color, surface, scheme === 'light' ? 0.08 : 0.16);
  return {
    fill,
    onFill: whiteText ? WHITE : INK,
    text: reachContrast(color, [page, surface, parseHexColor(formatHexColor(tint))], TEXT_CONTRAST, direction),
    tint,
  };
}

/** @param color hex colour of the installation's theme */
export function themeStylesheet(color: string): string {
  const properties = (scheme: Scheme): string => {
    const accent = accentOf(parseHexColor(color), scheme);
    return [
      `--accent: ${formatHexColor(accent.fill)};`,
      `--on-accent: ${formatHexColor(accent.onFill)};`,
      `--accent-text: ${formatHexColor(accent.text)};`,
      `--accent-tint: ${formatHexColor(accent.tint)};`,
    ].join(' ');
  };
  return `:root { ${properties('light')} }\n@media (prefers-color-scheme: dark) { :root { ${properties('dark')} } }\n`;
}
