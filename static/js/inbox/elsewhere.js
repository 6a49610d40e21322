/**
 * What can be done about a message that failed for good, and what is lost where its words go another way. Pure.
 * Nothing follows by itself: the agent is asked, and it is the agent who sends.
 */
import { plural, t } from "#language.js";
import { inOrder } from "#inbox/reply-targets.js";

/** @typedef {import("#inbox/reply-targets.js").Target} Target */
/** @typedef {import("#inbox/rows.js").Message} Message */

/**
 * Whether the same message may go the same way once more. A code may not, a dead address or a STOP makes no sense,
 * what the window forbids wants a template, and what went another way is settled.
 * @param {Message} row @param {Target[]} targets
 */
export function canRetry(row, targets) {
  const isCode = row.author.kind === "system" && !row.carries?.length;
  if (row.delivery_state !== "failed" || row.replaced_by || row.wants_template || isCode) return false;
  const way = targets.find((target) => isOn(target, row));
  return Boolean(way && !way.isDead && (way.isOpen || (row.template && way.takesTemplate)));
}

/**
 * The next way that its words may take: where the customer wrote last, else what is open, those that only an agent may
 * choose at the end; null where there is none.
 * @param {Message} row @param {Target[]} targets @param {Message[]} messages  oldest first
 * @returns {Target | null}
 */
export function nextWay(row, targets, messages) {
  if (row.replaced_by) return null;
  const isFit = (/** @type {Target} */ target) =>
    target.isOpen && !target.isDead && !target.leftAt && !isOn(target, row);
  return inOrder(targets, messages).find(isFit) ?? null;
}

/** @param {Target} target @param {Message} row */
const isOn = (target, row) => target.channel.id === row.channel?.id && target.identity.id === row.identity?.id;

/**
 * The words to put into the composer: of a mail that brought what was not seen in a chat, those of the chat.
 * @param {Message} row @param {Map<number, Message>} known
 */
export function wordsOf(row, known) {
  const carried = (row.carries ?? []).map((id) => known.get(id)?.text ?? "").filter(Boolean);
  return carried.length ? carried.join("\n\n") : row.text;
}

/**
 * What does not go along, in sentences; empty where nothing is lost.
 * @param {Message} row @param {Target} target @param {string} text  as it would be sent
 */
export function lost(row, target, text) {
  const { channel } = target;
  const others = [...(row.to ?? []).slice(1), ...(row.cc ?? []), ...(row.bcc ?? [])];
  const files = row.attachments?.length ?? 0;
  const over = channel.max_characters ? text.length - channel.max_characters : 0;
  return [
    row.subject && !channel.has_recipients && !row.carries?.length ? t("The subject stays behind.") : "",
    row.html_url && !channel.is_rich ? t("The formatting stays behind.") : "",
    files ? plural(files, { one: "{n} file is not sent along.", other: "{n} files are not sent along." }) : "",
    others.length && !channel.has_recipients
      ? t("{people} will not get it.", { people: others.map((one) => one.name || one.address).join(", ") })
      : "",
    over > 0
      ? plural(over, { one: "It is {n} character too long there.", other: "It is {n} characters too long there." })
      : "",
  ].filter(Boolean);
}
