/** Colour maths of the theme: sRGB hex ↔ OKLCH (Ottosson 2020), and contrast by WCAG 2.2. */

/** Channels from 0 to 1, gamma-encoded sRGB. */
export type Rgb = readonly [number, number, number];

/**
 * @param text `#rgb`, `#rrggbb` or either with alpha, which is dropped; the `#` may be missing
 * @throws Error for anything else
 */
export function parseHexColor(text: string): Rgb {
  const digits = /^#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(text.trim())?.[1];
  if (digits === undefined) throw new Error(`Not a hex colour: ${text}`);
  const width = digits.length < 6 ? 1 : 2;
  const channel = (index: number): number => Number.parseInt(digits.slice(index * width, (index + 1) * width).repeat(3 - width), 16) / 255;
  return [channel(0), channel(1), channel(2)];
}

export function formatHexColor(color: Rgb): string {
  return `#${color
    .map((channel) =>
      Math.round(clamp(channel) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastRatio(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Mixes in sRGB. @param share of `one`, 0 to 1 */
export function mixColors(one: Rgb, other: Rgb, share: number): Rgb {
  return one.map((channel, i) => channel * share + (other[i] as number) * (1 - share)) as unknown as Rgb;
}

/**
 * Moves a colour's lightness, keeping its hue, as little as is needed to reach a contrast on every one of the backgrounds.
 * @param direction `darker` for light backgrounds, `lighter` for dark ones
 */
export function reachContrast(color: Rgb, backgrounds: readonly Rgb[], ratio: number, direction: 'darker' | 'lighter'): Rgb {
  const reached = (candidate: Rgb): boolean => backgrounds.every((background) => contrastRatio(candidate, background) >= ratio);
  const [lightness, chroma, hue] = toOklch(color);
  const step = direction === 'darker' ? -0.01 : 0.01;
  for (let i = 0; i <= 100; i++) {
    // Rounded as it will be written, so that rounding cannot lose the contrast again.
    const candidate = parseHexColor(formatHexColor(fromOklch(lightness + i * step, chroma, hue)));
    if (reached(candidate)) return candidate;
  }
  return direction === 'darker' ? [0, 0, 0] : [1, 1, 1];
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map(linear) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
const linear = (channel: number): number => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
const gamma = (value: number): number => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);

function toOklch(color: Rgb): [number, number, number] {
  const [r, g, b] = color.map(linear) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, Math.hypot(a, bb), Math.atan2(bb, a)];
}

/** Takes chroma away until the colour is one that sRGB has: the hue stays what it is. */
function fromOklch(lightness: number, chroma: number, hue: number): Rgb {
  for (let share = 1; share > 0; share -= 0.05) {
    const color = oklchToRgb(lightness, chroma * share, hue);
    if (color.every((channel) => channel >= -0.002 && channel <= 1.002)) return color.map(clamp) as unknown as Rgb;
  }
  return oklchToRgb(lightness, 0, hue).map(clamp) as unknown as Rgb;
}

function oklchToRgb(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}
