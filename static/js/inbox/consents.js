/** What a customer allows and forbids us, in words. Pure. */
import { t } from "#language.js";
import { channelName } from "#inbox/words.js";

/** @typedef {import("#inbox/rows.js").Consent} Consent */
/** @typedef {import("#inbox/rows.js").Identity} Identity */

/**
 * The kinds of channel on which wishes count for an address: those that know keywords, and those with an entry.
 * @param {Identity} identity @param {import("#inbox/rows.js").Channel[]} channels
 */
export function kindsOf(identity, channels) {
  const reached = identity.reach.map((way) => channels.find((one) => one.id === way.channel));
  const known = reached.filter((one) => one?.takes_keywords).map((one) => one?.kind ?? "");
  return [...new Set([...known, ...(identity.consents ?? []).map((one) => one.channel_kind)])].sort();
}

/**
 * The entry that counts, for everything or for advertisements alone; entries come newest first.
 * @param {Identity} identity @param {string} kind @param {"all" | "marketing"} scope
 * @returns {Consent | undefined}
 */
export function newest(identity, kind, scope) {
  return identity.consents?.find((one) => one.channel_kind === kind && one.scope === scope);
}

/** How it stands: "stopped", "no-marketing" or "open". @param {Identity} identity @param {string} kind */
export function standing(identity, kind) {
  if (newest(identity, kind, "all")?.state === "stopped") return "stopped";
  return newest(identity, kind, "marketing")?.state === "stopped" ? "no-marketing" : "open";
}

/** @type {Record<string, () => string>} */
const STANDINGS = {
  stopped: () => t("No messages"),
  "no-marketing": () => t("No advertisements"),
  open: () => t("May be written to"),
};

/** @param {string} name */
export const standingWords = (name) => STANDINGS[name]();

/** Who said it and how. @param {Consent} entry */
export function because(entry) {
  const { source, words, by_name: by } = entry;
  const about = entry.scope === "marketing" ? t("advertisements") : t("messages");
  const isStop = entry.state === "stopped";
  if (source === "keyword") return t("wrote {words}", { words: words || (isStop ? "STOP" : "START") });
  if (source === "agent") return t("{by} noted: {words}", { by, words });
  if (source === "preferences")
    return isStop ? t("switched off {about}", { about }) : t("switched {about} on again", { about });
  return words ? t("the provider reported it ({words})", { words }) : t("the provider reported it");
}

/** One entry of the history. @param {Consent} entry */
export function entryWords(entry) {
  const channel = channelName(entry.channel_kind);
  const about = entry.scope === "marketing" ? t("advertisements") : t("messages");
  return entry.state === "stopped"
    ? t("No {about} by {channel}: {why}", { about, channel, why: because(entry) })
    : t("{channel} allowed again: {why}", { channel, why: because(entry) });
}
