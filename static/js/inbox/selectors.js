/** What the panels ask of the state. Pure; the expensive answers are remembered for the state they came from. */
import { dayKey } from "#moments.js";
import { THREAD_KINDS } from "#inbox/rows.js";
import { byWait, isInView } from "#inbox/views.js";
import { isGone, isWaiting, leaving } from "#inbox/waiting.js";
import { namelessWords, unknownSender } from "#inbox/words.js";

/** @typedef {import("#inbox/store.js").State} State */
/** @typedef {import("#inbox/rows.js").Conversation} Conversation */
/** @typedef {import("#inbox/rows.js").ViewName} ViewName */

/**
 * One line of a thread. `key` stays the same when the server confirms what we sent, so the element stays too.
 * @typedef {{key: string, type: "message" | "note" | "entry" | "pending", at: string, row: any,
 *   opensDay: boolean, continues: boolean}} Line
 */

/** Milliseconds within which messages of one author on one channel stand together. */
const TOGETHER_MS = 5 * 60_000;
const ORDER = { entry: 0, message: 1, note: 1, pending: 2 };

/**
 * A conversation as the screen shows it: the row, with our own unconfirmed changes laid over it.
 * @param {State} state
 * @param {number | null} id
 * @returns {Conversation | null}
 */
export function conversation(state, id) {
  const row = id === null ? undefined : state.objects.conversation.get(id);
  if (!row) return null;
  const patch = state.patches.get(row.id);
  return patch ? { ...row, ...patch.fields } : row;
}

/** @type {(state: State, view: ViewName) => Conversation[]} */
export const conversationsIn = remembered(
  (state) => [state.objects.conversation, state.patches, state.me],
  (state, view) => {
    const rows = [];
    for (const id of state.objects.conversation.keys()) {
      const row = conversation(state, id);
      if (row && isInView(view, row, state.me.id)) rows.push(row);
    }
    return rows.sort(byWait);
  },
);

/** @type {(state: State, id: number) => Line[]} */
export const thread = remembered(
  (state) => [state.objects.message, state.objects.note, state.objects.entry, state.pending],
  (state, id) => grouped([...confirmedLines(state, id), ...pendingLines(state, id)].sort(byTime)),
);

/** Conversations in which something is in its undo seconds. @type {(state: State, _: number) => Set<number>} */
export const leavingIn = remembered((state) => [state.objects.message], leaving);

/** @type {(state: State, customer: number) => Conversation[]} */
export const conversationsOf = remembered(
  (state) => [state.objects.conversation, state.patches],
  (state, customer) =>
    [...state.objects.conversation.values()]
      .filter((row) => row.customer.id === customer)
      .map((row) => /** @type {Conversation} */ (conversation(state, row.id)))
      .sort((a, b) => b.created_at.localeCompare(a.created_at)),
);

/**
 * The newest brief of a conversation.
 * @param {State} state
 * @param {number} id
 * @returns {import("#inbox/rows.js").Handoff | null}
 */
export function brief(state, id) {
  let newest = null;
  for (const row of state.objects.handoff.values())
    if (row.conversation === id && (!newest || row.id > newest.id)) newest = row;
  return newest;
}

/**
 * Messages by others than me, oldest first: what must not be overlooked while writing.
 * @param {State} state
 * @param {number} id
 */
export function messagesByOthers(state, id) {
  return thread(state, id)
    .filter((line) => line.type === "message" && !isMine(line.row, state.me.id))
    .map((line) => line.row);
}

/**
 * Who wrote a message: the name given with it, else the customer's where the address is hers alone, else the address.
 * @param {State} state
 * @param {import("#inbox/rows.js").Message} row
 * @returns {string} empty where nothing is known
 */
export function writer(state, row) {
  const { author, identity } = row;
  if (author.name || author.kind !== "customer") return author.name;
  // A call that shows no number.
  if (!identity) return unknownSender();
  const customer = state.objects.customer.get(state.objects.conversation.get(row.conversation)?.customer.id);
  const known = customer?.identities.find((/** @type {any} */ one) => one.id === identity.id);
  if (known && !known.is_shared) return customer.name;
  return namelessWords(identity.kind) ? "" : identity.address;
}

/**
 * Who did what a line of the history tells: a customer by the name she is known by now.
 * @param {State} state
 * @param {import("#inbox/rows.js").Entry} row
 */
export function doer(state, row) {
  if (row.actor.kind !== "customer") return row.actor;
  const known = state.objects.conversation.get(row.conversation)?.customer.name;
  return { ...row.actor, name: row.actor.name || (known ?? "") };
}

/**
 * To whom a message could not be delivered and why, for the line that says so: the log itself holds neither.
 * @param {State} state
 * @param {import("#inbox/rows.js").Entry} row
 * @returns {{address?: string, why?: string}}
 */
export function undelivered(state, row) {
  const message = row.type === "message.undelivered" ? state.objects.message.get(row.facts.message) : undefined;
  if (!message) return {};
  const readers = [...(message.to ?? []), ...(message.cc ?? []), ...(message.bcc ?? [])];
  const reader = readers.length > 1 ? readers.find((one) => one.state === "failed") : undefined;
  const own = message.identity && !namelessWords(message.identity.kind) ? message.identity.address : "";
  return { address: reader?.address ?? own, why: reader?.error || (reader ? "" : message.delivery_error) };
}

/**
 * @param {import("#inbox/rows.js").Message} row
 * @param {number} me
 */
function isMine(row, me) {
  return row.author.kind === "agent" && row.author.id === me;
}

/**
 * @param {State} state
 * @param {number} id
 * @returns {Line[]}
 */
function confirmedLines(state, id) {
  /** @type {Line[]} */
  const lines = [];
  for (const kind of THREAD_KINDS)
    for (const row of state.objects[kind].values())
      if (row.conversation === id && !isGone(row)) lines.push(line(kind, row.client_id || `${kind}:${row.id}`, row));
  return lines;
}

/**
 * @param {State} state
 * @param {number} id
 * @returns {Line[]}
 */
function pendingLines(state, id) {
  return [...state.pending.values()]
    .filter((message) => message.conversation === id)
    .map((message) => line("pending", message.client_id, message));
}

/**
 * @param {Line["type"]} type
 * @param {string} key
 * @param {any} row
 * @returns {Line}
 */
function line(type, key, row) {
  return { key, type, row, at: row.sent_at ?? row.created_at, opensDay: false, continues: false };
}

/**
 * @param {Line} a
 * @param {Line} b
 */
function byTime(a, b) {
  if (a.type === "pending" || b.type === "pending") {
    if (a.type !== b.type) return ORDER[a.type] - ORDER[b.type];
    return a.at.localeCompare(b.at);
  }
  // What has not left comes after all that was said, in the order in which it will leave.
  const [waitsA, waitsB] = [isWaiting(a.row), isWaiting(b.row)];
  if (waitsA !== waitsB) return Number(waitsA) - Number(waitsB);
  if (waitsA) return Date.parse(a.row.held_until) - Date.parse(b.row.held_until) || a.row.id - b.row.id;
  return Date.parse(a.at) - Date.parse(b.at) || ORDER[a.type] - ORDER[b.type] || a.row.id - b.row.id;
}

/** @param {Line[]} lines */
function grouped(lines) {
  return lines.map((item, index) => {
    const before = lines[index - 1];
    const opensDay =
      !before || (!isWaiting(item.row) && !isWaiting(before.row) && dayKey(before.at) !== dayKey(item.at));
    return { ...item, opensDay, continues: !opensDay && follows(before, item) };
  });
}

/**
 * @param {Line} before
 * @param {Line} item
 */
function follows(before, item) {
  if (before.type !== item.type || item.type !== "message") return false;
  if (isWaiting(item.row) || isWaiting(before.row)) return false;
  const [a, b] = [before.row, item.row];
  return (
    a.author.kind === b.author.kind &&
    a.author.name === b.author.name &&
    a.channel_kind === b.channel_kind &&
    a.identity?.id === b.identity?.id &&
    Date.parse(item.at) - Date.parse(before.at) < TOGETHER_MS
  );
}

/**
 * Keeps the last answers of a selector while the parts of the state it reads are the same objects.
 * @template A, R
 * @param {(state: State) => unknown[]} partsOf
 * @param {(state: State, argument: A) => R} compute
 * @returns {(state: State, argument: A) => R}
 */
function remembered(partsOf, compute) {
  /** @type {unknown[]} */
  let parts = [];
  /** @type {Map<A, R>} */
  let answers = new Map();
  return (state, argument) => {
    const now = partsOf(state);
    if (now.some((part, index) => part !== parts[index])) {
      parts = now;
      answers = new Map();
    }
    if (!answers.has(argument)) answers.set(argument, compute(state, argument));
    return /** @type {R} */ (answers.get(argument));
  };
}
