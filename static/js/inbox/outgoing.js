/** What is sent, from what was written and chosen: the request's body, and the line shown until the server has it. Pure. */
import { FIELDS, read, written } from "#inbox/recipients.js";

/**
 * @typedef {import("#inbox/reply-targets.js").Target} Target
 * @typedef {import("#inbox/recipients.js").Recipients} Recipients
 * @typedef {object} Written
 * @property {string} client_id
 * @property {number} conversation
 * @property {"reply" | "note"} mode
 * @property {string} text
 * @property {{id: number, variables: Record<string, string>} | null} template  sent instead of the words
 * @property {import("#inbox/uploads.js").Sent[]} files
 * @property {Target | null} target
 * @property {Recipients | null} recipients  of a mail; null: whoever the target is
 * @property {number | null} replaces  the failed message in whose place it goes
 * @property {number} undo  seconds to take it back
 * @property {{at: Date, anyway: boolean} | null} later
 * @property {boolean} resolves
 */

/** @param {Written} what @param {{name: string}} me @param {number} seq  the last event that was seen */
export function outgoing(what, me, seq) {
  const { client_id, conversation, mode, target } = what;
  const shown = {
    client_id,
    conversation,
    mode,
    text: what.text,
    files: what.files,
    template: what.template,
    recipients: what.recipients,
    target: target?.key,
    channel_kind: target?.channel.kind ?? "",
    identity: target?.identity ?? null,
    author: me.name,
    created_at: new Date().toISOString(),
  };
  const words = what.template
    ? { template: what.template }
    : { text: what.text, attachments: what.files.map((file) => file.id) };
  const body = { ...words, kind: mode, client_id, expected_event: seq, ...(mode === "reply" ? ofReply(what) : {}) };
  return { client_id, conversation, body, shown };
}

/** @param {Written} what */
function ofReply({ target, recipients, replaces, undo, later, resolves }) {
  return {
    ...(target ? wayTo(target, recipients) : {}),
    ...(replaces === null ? {} : { replaces }),
    ...(later ? { send_at: later.at.toISOString(), sends_anyway: later.anyway } : undo ? { undo_seconds: undo } : {}),
    ...(resolves ? { resolves } : {}),
  };
}

/** @param {Target} target @param {Recipients | null} recipients */
function wayTo(target, recipients) {
  const channel = target.channel.id;
  if (!recipients) return { channel, identity: target.identity.id };
  return { channel, ...Object.fromEntries(FIELDS.map((field) => [field, recipients[field].map(written)])) };
}

/** The recipients of a message that was held back. @param {Record<string, string[]>} body */
export function recipientsOf(body) {
  const people = FIELDS.map((field) => [field, (body[field] ?? []).map(read).filter((one) => one !== null)]);
  return /** @type {Recipients} */ (Object.fromEntries(people));
}
