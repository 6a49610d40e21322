/** Times a message can be scheduled for, in the agent's own zone, and what speaks against each. Pure given `now`. */
import { currentLocale, t } from "#language.js";
import { clockTime, dayKey } from "#moments.js";

/** @typedef {import("#inbox/reply-targets.js").Target} Target */
/** @typedef {{id: string, title: string, at: Date}} Offer */

const HOUR = 3_600_000;
const EVENING = 18;
const MORNING = 9;

/**
 * @param {number} now
 * @param {string | null} [before]  the time it had before it was taken back
 * @returns {Offer[]}
 */
export function offers(now, before = null) {
  const today = new Date(now);
  /** @type {Offer[]} */
  const found = [];
  if (before && Date.parse(before) > now) found.push({ id: "before", title: t("As before"), at: new Date(before) });
  found.push({ id: "hour", title: t("In 1 hour"), at: new Date(now + HOUR) });
  // In an hour is soon enough for an evening that has begun.
  if (today.getHours() < EVENING - 1)
    found.push({ id: "evening", title: t("This evening"), at: clock(now, 0, EVENING) });
  found.push({ id: "tomorrow", title: t("Tomorrow"), at: clock(now, 1, MORNING) });
  const untilMonday = (8 - today.getDay()) % 7 || 7;
  if (untilMonday > 1) found.push({ id: "monday", title: t("Monday"), at: clock(now, untilMonday, MORNING) });
  return found;
}

/**
 * "today, 18:00", "tomorrow, 9:00", "Mon 30 Nov, 9:00".
 * @param {string | Date} moment
 * @param {number} now
 */
export function when(moment, now) {
  const at = new Date(moment);
  const time = clockTime(at.toISOString());
  const days = Math.round((dayKey(at.toISOString()) - dayKey(new Date(now).toISOString())) / (24 * HOUR));
  if (days === 0) return t("today, {time}", { time });
  if (days === 1) return t("tomorrow, {time}", { time });
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { weekday: "short", day: "numeric", month: "short" };
  if (at.getFullYear() !== new Date(now).getFullYear()) options.year = "numeric";
  return t("{day}, {time}", { day: new Intl.DateTimeFormat(currentLocale(), options).format(at), time });
}

/**
 * What will be in the way at that time, in a sentence; empty where nothing is known to be.
 * @param {Date} at
 * @param {Target} target
 * @param {{isTemplate: boolean}} what  a template needs no window
 */
export function warning(at, target, { isTemplate }) {
  const { channel, closesAt } = target;
  if (closesAt && !isTemplate && at.getTime() >= Date.parse(closesAt))
    return t("{channel}'s window closes at {time}, before that", { channel: channel.label, time: clockTime(closesAt) });
  if (channel.quiet && isQuiet(at, channel.quiet))
    return t("Within the quiet hours, {from} to {until}", { from: channel.quiet.from, until: channel.quiet.until });
  return "";
}

/**
 * Whether a moment lies in quiet hours, which are told by the desk's clock.
 * @param {Date} at
 * @param {{from: string, until: string, zone: string}} quiet
 */
export function isQuiet(at, { from, until, zone }) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const local = parts.format(at);
  return from < until ? from <= local && local < until : local >= from || local < until;
}

/** What a field for date and time takes: local, to the minute. @param {Date} at */
export function fieldValue(at) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** @param {number} now @param {number} days @param {number} hour */
function clock(now, days, hour) {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  day.setHours(hour, 0, 0, 0);
  return day;
}
