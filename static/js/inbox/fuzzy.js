/** Fuzzy matching for the palette: letters in order, better when they begin words or stand together. Linear. */

/**
 * @param {string} query
 * @param {string} text
 * @returns {number} 0: no match; more is better
 */
export function score(query, text) {
  const wanted = query.toLocaleLowerCase().replace(/\s+/g, "");
  if (!wanted) return 1;
  const hay = text.toLocaleLowerCase();
  const whole = hay.indexOf(query.toLocaleLowerCase().trim());
  if (whole >= 0) return 1000 - whole - hay.length / 100 + (whole === 0 || hay[whole - 1] === " " ? 500 : 0);
  let points = 0;
  let at = 0;
  let run = 0;
  for (const letter of wanted) {
    const found = hay.indexOf(letter, at);
    if (found < 0) return 0;
    run = found === at ? run + 1 : 0;
    points += 1 + run * 3 + (found === 0 || hay[found - 1] === " " ? 8 : 0) - Math.min(found - at, 10) / 10;
    at = found + 1;
  }
  return Math.max(points, 0.01);
}

/**
 * @template T
 * @param {string} query
 * @param {T[]} items
 * @param {(item: T) => string} textOf
 * @returns {T[]} the matching items, best first; all in their own order without a query
 */
export function best(query, items, textOf) {
  if (!query.trim()) return items;
  return items
    .map((item) => ({ item, points: score(query, textOf(item)) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ item }) => item);
}
