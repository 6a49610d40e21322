/** The widget's words, one small catalogue per language, fetched when it is known which. */
/** @type {Record<string, () => Promise<{default: Record<string, string>}>>} */
const CATALOGUES = {
  en: () => import("./locale/en.js"),
  de: () => import("./locale/de.js"),
};

/** @type {Record<string, string>} */
let catalogue = {};
let current = "en";

/**
 * Loads the first wished language that there is ("de-AT" finds "de"), else English.
 * @param {(string | null | undefined)[]} wishes
 */
export async function loadTexts(wishes) {
  const tags = wishes.map((each) => (each ?? "").replace("_", "-"));
  const wished = tags.find((tag) => Object.hasOwn(CATALOGUES, languageOf(tag)) && isLocale(tag)) ?? "en";
  // "en" says nothing of 14:00 or 2 PM: where she lives does.
  current = tags.find((tag) => tag.includes("-") && languageOf(tag) === languageOf(wished) && isLocale(tag)) ?? wished;
  catalogue = (await CATALOGUES[languageOf(current)]()).default;
}

/** The BCP 47 tag for dates and numbers. */
export const locale = () => current;

/**
 * @param {string} name
 * @param {Record<string, string | number>} [facts]
 */
export function text(name, facts = {}) {
  const template = catalogue[name] ?? "";
  return template.replace(/\{(\w+)\}/g, (_, fact) => String(facts[fact] ?? ""));
}

/** @param {Date} date */
export const clock = (date) => new Intl.DateTimeFormat(current, { hour: "numeric", minute: "2-digit" }).format(date);

/**
 * "Today", "Yesterday", or the date.
 * @param {Date} date
 */
export function dayName(date) {
  const midnight = (/** @type {Date} */ each) => new Date(each).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(date) - midnight(new Date())) / 86_400_000);
  if (days > 0 || days < -1) {
    return new Intl.DateTimeFormat(current, { weekday: "long", day: "numeric", month: "long" }).format(date);
  }
  const name = new Intl.RelativeTimeFormat(current, { numeric: "auto" }).format(days, "day");
  return name.charAt(0).toLocaleUpperCase(current) + name.slice(1);
}

/**
 * "Monday 9:00", in the visitor's own time.
 * @param {Date} date
 */
export const weekdayTime = (date) =>
  new Intl.DateTimeFormat(current, { weekday: "long", hour: "numeric", minute: "2-digit" }).format(date);

/** @param {string} tag */
const languageOf = (tag) => tag.toLowerCase().split("-")[0];

/** @param {string} tag */
function isLocale(tag) {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
