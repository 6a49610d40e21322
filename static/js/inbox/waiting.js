/** Messages that have not left: in their undo seconds, scheduled, or taken back for good. Pure. */

/** @typedef {import("#inbox/rows.js").Message} Message */
/** @typedef {import("#inbox/rows.js").Channel} Channel */
/** @typedef {import("#inbox/store.js").State} State */

const WAITING = new Set(["undo", "later"]);
const GONE = new Set(["taken_back", "wrote_first"]);

/** It may still leave. @param {{unsaid?: string}} row */
export const isWaiting = (row) => WAITING.has(row.unsaid ?? "");

/** It never left, and shows only as a line that says so. @param {{unsaid?: string}} row */
export const isGone = (row) => GONE.has(row.unsaid ?? "");

/**
 * How long what I send there waits to be taken back: as I chose, where the channel lets things wait at all.
 * @param {Channel | null | undefined} channel
 * @param {{undo_seconds?: number | null}} me
 */
export function undoSeconds(channel, me) {
  const usual = channel?.undo_seconds ?? 0;
  return usual > 0 ? (me.undo_seconds ?? usual) : 0;
}

/**
 * Milliseconds until it leaves. Where this device's clock can't be right, they count from when the row came here.
 * @param {Message} row
 * @param {number} now
 * @param {number} cameAt
 */
export function left(row, now, cameAt) {
  if (!row.held_until) return 0;
  const leaves = Date.parse(row.held_until);
  const whole = leaves - Date.parse(row.created_at);
  const byClock = leaves - now;
  return Math.max(0, byClock <= whole && now < leaves + whole ? byClock : whole - (now - cameAt));
}

/**
 * The newest message of mine that can be taken back.
 * @param {State} state
 * @returns {Message | null}
 */
export function newestUndoable(state) {
  let newest = null;
  for (const row of state.objects.message.values())
    if (row.unsaid === "undo" && row.author.kind === "agent" && row.author.id === state.me.id)
      if (!newest || row.id > newest.id) newest = row;
  return newest;
}

/** Conversations in which something is in its undo seconds. @param {State} state @returns {Set<number>} */
export function leaving(state) {
  const found = new Set();
  for (const row of state.objects.message.values()) if (row.unsaid === "undo") found.add(row.conversation);
  return found;
}

/**
 * A message as the composer takes it back: all that was chosen for it.
 * @param {Message} row
 */
export function content(row) {
  const target = `${row.identity?.id}:${row.channel?.id}`;
  const recipients = row.to?.length ? { to: row.to, cc: row.cc, bcc: row.bcc } : null;
  const words = row.template
    ? { template: { id: row.template.id, variables: row.template.values } }
    : { text: row.text };
  const copies = row.template ? [] : (row.attachments ?? []);
  return { ...words, target, recipients, copies, replaces: row.replaces ?? null, sendAt: row.scheduled_for ?? null };
}
