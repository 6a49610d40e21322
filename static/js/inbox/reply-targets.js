/**
 * Where a reply can go: each address of the customer on each channel that reaches it. Pure.
 * @typedef {object} Target
 * @property {string} key
 * @property {import("#inbox/rows.js").Identity} identity
 * @property {import("#inbox/rows.js").Channel} channel
 * @property {boolean} isOpen
 * @property {string} why  why it is closed, in words
 * @property {string | null} closesAt  until when, where we may only answer
 */
import { t } from "#language.js";

/**
 * @param {import("#inbox/rows.js").Customer | null | undefined} customer
 * @param {import("#inbox/rows.js").Channel[]} channels
 * @param {number} [now]
 * @returns {Target[]} open ones first
 */
export function replyTargets(customer, channels, now = Date.now()) {
  const targets = [];
  for (const identity of customer?.identities ?? [])
    for (const reach of identity.reach) {
      const channel = channels.find((item) => item.id === reach.channel);
      if (!channel) continue;
      const key = `${identity.id}:${channel.id}`;
      const closesAt = reach.closes_at ?? null;
      const hasLapsed = reach.is_open && closesAt !== null && Date.parse(closesAt) <= now;
      const why = hasLapsed ? t("The time to answer ran out meanwhile") : reach.why;
      targets.push({ key, identity, channel, isOpen: reach.is_open && !hasLapsed, why, closesAt });
    }
  return targets.sort((a, b) => Number(b.isOpen) - Number(a.isOpen));
}

/**
 * Why a reply can't go where the newest question was written; empty where it can.
 * @param {Target[]} targets
 * @param {import("#inbox/rows.js").Message[]} messages  oldest first
 */
export function whyElsewhere(targets, messages) {
  const asked = messages.findLast((message) => message.direction === "inbound" && message.identity);
  const source = targets.find(
    (target) => target.identity.id === asked?.identity?.id && target.channel.id === asked?.channel?.id,
  );
  return source && !source.isOpen ? source.why : "";
}

/**
 * The target of the newest message that was the customer's: answered where it was written. If that way is closed,
 * the newest other way that the customer has used, then any open one but those that only an agent may choose.
 * @param {Target[]} targets
 * @param {import("#inbox/rows.js").Message[]} messages  oldest first
 * @returns {Target | null}
 */
export function defaultTarget(targets, messages) {
  const open = targets.filter((target) => target.isOpen);
  for (const message of messages.toReversed()) {
    if (message.direction !== "inbound" || !message.identity) continue;
    const used = open.find(
      (target) => target.identity.id === message.identity?.id && target.channel.id === message.channel?.id,
    );
    if (used) return used;
  }
  return open.find((target) => !target.channel.is_by_choice) ?? null;
}
