/**
 * The brand's colour, made legible: text on it, and it as text, always reach 4.5:1 (WCAG 1.4.3).
 *
 * @typedef {import("./types.js").Rgb} Rgb
 */
const ENOUGH = 4.5;
const INK = /** @type {Rgb} */ ([17, 19, 24]);
const PAPER = /** @type {Rgb} */ ([255, 255, 255]);
export const FALLBACK = "#3b4cca";

/**
 * @param {string} hex "#rgb" or "#rrggbb"; anything else gives the fallback
 * @returns {Rgb}
 */
export function parseHex(hex) {
  const long = /^#([\da-f])([\da-f])([\da-f])$/i.test(hex) ? hex.replace(/[\da-f]/gi, "$&$&") : hex;
  const usable = /^#[\da-f]{6}$/i.test(long) ? long : FALLBACK;
  return /** @type {Rgb} */ ([1, 3, 5].map((at) => Number.parseInt(usable.slice(at, at + 2), 16)));
}

/** @param {Rgb} a @param {Rgb} b */
export function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/**
 * The colours the style sheet needs.
 * @param {string} hex
 */
export function palette(hex) {
  const chosen = parseHex(hex);
  // White on a strong colour looks right even where black would measure a little better.
  const text = contrast(chosen, PAPER) >= 3 ? PAPER : INK;
  const brand = moved(chosen, text, text === PAPER ? INK : PAPER);
  return {
    brand: css(brand),
    onBrand: css(text),
    brandOnLight: css(moved(chosen, [245, 246, 248], INK)),
    brandOnDark: css(moved(chosen, [40, 42, 48], PAPER)),
  };
}

/**
 * The colour, moved towards `goal` just as far as it takes to stand out from `against`.
 * @param {Rgb} color @param {Rgb} against @param {Rgb} goal
 * @returns {Rgb}
 */
function moved(color, against, goal) {
  for (let share = 0; share < 1; share += 0.04) {
    const mixed = /** @type {Rgb} */ (color.map((part, at) => Math.round(part + (goal[at] - part) * share)));
    if (contrast(mixed, against) >= ENOUGH) return mixed;
  }
  return goal;
}

/** @param {Rgb} rgb */
function luminance(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {Rgb} rgb */
const css = (rgb) => `rgb(${rgb.join(" ")})`;
