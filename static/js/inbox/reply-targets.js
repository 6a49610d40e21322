/**
 * Where a reply can go: each address of the customer on each channel that reaches it. Pure.
 * @typedef {object} Target
 * @property {string} key
 * @property {import("#inbox/rows.js").Identity} identity
 * @property {import("#inbox/rows.js").Channel} channel
 * @property {boolean} isOpen
 * @property {string} why  why it is closed, in words
 * @property {string | null} closesAt  until when, where we may only answer
 * @property {boolean} takesTemplate  a template may go there, open or not
 * @property {Record<string, import("#inbox/costs.js").Price>} [prices]  what one segment or message costs there
 * @property {string} doubt  what came back from there before, in words
 * @property {boolean} isDead  nothing arrives there: only by an agent's own choice
 * @property {string | null} leftAt  a chat that nobody is in, since when
 * @property {string} thenTo  the mail address that a reply there reaches if he stays away
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
      const takesTemplate = Boolean(reach.takes_template && channel.has_templates);
      targets.push({
        key,
        identity,
        channel,
        isOpen: reach.is_open && !hasLapsed,
        why,
        closesAt,
        takesTemplate,
        prices: reach.prices,
        doubt: reach.doubt ?? "",
        isDead: reach.is_dead ?? false,
        leftAt: reach.left_at ?? null,
        thenTo: reach.then_to ?? "",
      });
    }
  return targets.sort((a, b) => rank(b) - rank(a));
}

/** @param {Target} target */
const rank = (target) => (target.isOpen ? (target.isDead ? 1.5 : 2) : Number(target.takesTemplate));

/** Whether anything can be sent there: words of one's own, or a template. @param {Target} target */
export const isReachable = (target) => target.isOpen || target.takesTemplate;

/**
 * How long until the next window closes, in milliseconds; null where none will.
 * @param {Target[]} targets @param {number} now
 */
export function nextClosing(targets, now) {
  const times = targets.filter((target) => target.isOpen && target.closesAt).map(closing);
  return times.length ? Math.max(0, Math.min(...times) - now) : null;
}

/** @param {Target} target */
const closing = (target) => Date.parse(target.closesAt ?? "");

/**
 * Why a reply can't go where the newest question was written, not even by a template; empty where it can.
 * @param {Target[]} targets
 * @param {import("#inbox/rows.js").Message[]} messages  oldest first
 */
export function whyElsewhere(targets, messages) {
  const source = sourceOf(targets, messages);
  if (!source) return "";
  return isReachable(source) ? (source.isDead ? source.doubt : "") : source.why;
}

/** Where the newest question was written. @param {Target[]} targets @param {import("#inbox/rows.js").Message[]} messages */
function sourceOf(targets, messages) {
  const asked = messages.findLast((message) => message.direction === "inbound" && message.identity);
  const onIt = targets.filter((target) => target.channel.id === asked?.channel?.id);
  // Somebody else on a mail: answered by the same channel, whoever gets it.
  return onIt.find((target) => target.identity.id === asked?.identity?.id) ?? onIt.find(takesSeveral);
}

/** @param {Target} target */
const takesSeveral = (target) => target.channel.has_recipients;

/**
 * The target of the newest message that was the customer's: answered where it was written, by a template where the
 * window there is over. A reply never jumps elsewhere while it is written. If that way is closed for good, the newest other way that the customer has used, then any open one but those that only an agent may choose.
 * @param {Target[]} targets
 * @param {import("#inbox/rows.js").Message[]} messages  oldest first
 * @returns {Target | null}
 */
export function defaultTarget(targets, messages) {
  const source = sourceOf(targets, messages);
  if (source && isReachable(source) && !source.isDead) return source;
  const open = targets.filter((target) => target.isOpen && !target.isDead);
  const used = usedNewestFirst(open, messages)[0];
  return used ?? open.find((target) => !target.channel.is_by_choice) ?? null;
}

/**
 * Every way, the best first: those the customer has used, the newest of them first, then the rest, and those that only
 * an agent may choose at the end.
 * @param {Target[]} targets
 * @param {import("#inbox/rows.js").Message[]} messages  oldest first
 * @returns {Target[]}
 */
export function inOrder(targets, messages) {
  const others = targets.toSorted(
    (a, b) => Number(Boolean(a.channel.is_by_choice)) - Number(Boolean(b.channel.is_by_choice)),
  );
  return [...new Set([...usedNewestFirst(targets, messages), ...others])];
}

/** @param {Target[]} targets @param {import("#inbox/rows.js").Message[]} messages  oldest first @returns {Target[]} */
function usedNewestFirst(targets, messages) {
  const said = messages.toReversed().filter((message) => message.direction === "inbound" && message.identity);
  return said.flatMap((message) =>
    targets.filter(
      (target) => target.identity.id === message.identity?.id && target.channel.id === message.channel?.id,
    ),
  );
}
