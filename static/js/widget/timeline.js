/**
 * What stands in the log, in order: day separators, the conversation's rows, what is on its way out.
 *
 * @typedef {import("./types.js").Outgoing} Outgoing
 * @typedef {import("./types.js").DayEntry} DayEntry
 * @typedef {import("./types.js").MessageEntry} MessageEntry
 */
const GROUP_WITHIN_MS = 5 * 60_000;

/**
 * Rows by time, then by id, as two messages may carry the same second.
 * @param {any[]} rows
 */
export function inOrder(rows) {
  return [...rows].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at) || Number(a.id) - Number(b.id));
}

/**
 * The place of the first message the visitor has not seen, or -1. Somebody who writes has read what is above.
 * @param {any[]} messages in order
 * @param {string | number | null} seenId
 */
export function firstUnread(messages, seenId) {
  const seen = messages.findLastIndex((message) => message.id === seenId || message.direction === "inbound");
  const next = messages.findIndex((message, index) => index > seen && message.direction === "outbound");
  return next;
}

/**
 * @param {any[]} messages in order
 * @param {Outgoing[]} outgoing
 * @returns {(DayEntry | MessageEntry)[]}
 */
export function entries(messages, outgoing) {
  const all = [...messages.map(fromRow), ...outgoing.map(fromOutgoing)];
  /** @type {(DayEntry | MessageEntry)[]} */
  const list = [];
  all.forEach((entry, index) => {
    const date = new Date(entry.message.created_at);
    const day = date.toDateString();
    const previous = all[index - 1];
    if (!previous || new Date(previous.message.created_at).toDateString() !== day) {
      list.push({ type: "day", key: `day:${day}`, date });
    }
    entry.startsGroup = !isTogether(previous, entry);
    entry.endsGroup = !isTogether(entry, all[index + 1]);
    list.push(entry);
  });
  return list;
}

/** @returns {MessageEntry} */
function fromRow(/** @type {any} */ row) {
  // The same key as while it was on its way, so that the bubble stays the same element.
  const key = row.client_id ? `client:${row.client_id}` : `message:${row.id}`;
  return { type: "message", key, message: row, startsGroup: true, endsGroup: true, state: "received" };
}

/** @returns {MessageEntry} */
function fromOutgoing(/** @type {Outgoing} */ item) {
  const message = { ...item, direction: "inbound", author: { kind: "customer", name: "" }, channel_kind: "chat" };
  return {
    type: "message",
    key: `client:${item.client_id}`,
    message,
    startsGroup: true,
    endsGroup: true,
    state: item.state,
  };
}

/**
 * @param {MessageEntry | undefined} first
 * @param {MessageEntry | undefined} second
 */
function isTogether(first, second) {
  if (!first || !second) return false;
  const [a, b] = [first.message, second.message];
  const isSameDay = new Date(a.created_at).toDateString() === new Date(b.created_at).toDateString();
  return (
    isSameDay &&
    a.direction === b.direction &&
    a.author.kind === b.author.kind &&
    a.author.name === b.author.name &&
    a.channel_kind === b.channel_kind &&
    Math.abs(Date.parse(b.created_at) - Date.parse(a.created_at)) < GROUP_WITHIN_MS
  );
}
