/** Times as people say them. All take ISO strings; all are pure given `now`. */
import { currentLocale, t } from "#language.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long until a waiting customer is overdue, and until it is worse than that. */
export const WAIT_WARNING_MS = 30 * MINUTE;
export const WAIT_ALARM_MS = 4 * HOUR;

/**
 * "now", "4 min", "3 h", "2 d": the width of a list column.
 * @param {string} moment
 * @param {number} now
 */
export function shortAge(moment, now) {
  const age = Math.max(0, now - Date.parse(moment));
  if (age < MINUTE) return t("now");
  if (age < HOUR) return unit(Math.floor(age / MINUTE), "minute");
  if (age < DAY) return unit(Math.floor(age / HOUR), "hour");
  if (age < 7 * DAY) return unit(Math.floor(age / DAY), "day");
  return format(moment, { day: "numeric", month: "short" });
}

/** From here on a window that closes is shown as a warning. */
export const WINDOW_WARNING_MS = HOUR;

/**
 * "23 h", "40 min": how long until then.
 * @param {string} moment
 * @param {number} now
 */
export function timeLeft(moment, now) {
  const left = Math.max(0, Date.parse(moment) - now);
  return left < HOUR ? unit(Math.ceil(left / MINUTE), "minute") : unit(Math.floor(left / HOUR), "hour");
}

/**
 * How a wait should look: "calm", "warning" or "alarm".
 * @param {string | null} since
 * @param {number} now
 */
export function waitLevel(since, now) {
  if (!since) return "calm";
  const age = now - Date.parse(since);
  if (age >= WAIT_ALARM_MS) return "alarm";
  return age >= WAIT_WARNING_MS ? "warning" : "calm";
}

/** @param {string} moment */
export function clockTime(moment) {
  return format(moment, { hour: "numeric", minute: "2-digit" });
}

/** @param {string} moment */
export function fullTime(moment) {
  return format(moment, { dateStyle: "full", timeStyle: "short" });
}

/**
 * "Today", "Yesterday", "Monday 3 March", "3 March 2024".
 * @param {string} moment
 * @param {number} now
 */
export function dayName(moment, now) {
  const days = Math.round((startOfDay(now) - startOfDay(Date.parse(moment))) / DAY);
  if (days === 0) return t("Today");
  if (days === 1) return t("Yesterday");
  if (days < 300) return format(moment, { weekday: "long", day: "numeric", month: "long" });
  return format(moment, { day: "numeric", month: "long", year: "numeric" });
}

/**
 * The local calendar day, for telling days apart.
 * @param {string} moment
 */
export function dayKey(moment) {
  return startOfDay(Date.parse(moment));
}

/** @param {number} time */
function startOfDay(time) {
  return new Date(time).setHours(0, 0, 0, 0);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} moment
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(moment, options) {
  const key = currentLocale() + JSON.stringify(options);
  let formatter = formats.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(currentLocale(), options);
    formats.set(key, formatter);
  }
  return formatter.format(new Date(moment));
}

/**
 * @param {number} amount
 * @param {string} name
 */
function unit(amount, name) {
  return new Intl.NumberFormat(currentLocale(), { style: "unit", unit: name, unitDisplay: "short" }).format(amount);
}
