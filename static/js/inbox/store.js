/**
 * What the browser knows, as one immutable value, and the one reducer that changes it. Pure: no clock, no network.
 *
 * The contract with the server (README.md): a snapshot and the frames after it end in the same state as a fresh
 * snapshot. So a row is put by (kind, id) unless what we hold is as new, and a removal leaves a tombstone that
 * keeps a late, older row from coming back.
 */
import { KINDS } from "#inbox/rows.js";
import { COUNT_CAP, isInView, VIEW_NAMES } from "#inbox/views.js";

/** @typedef {import("#inbox/rows.js").Row} Row */
/** @typedef {import("#inbox/rows.js").Conversation} Conversation */
/** @typedef {import("#inbox/rows.js").Snapshot} Snapshot */
/** @typedef {import("#inbox/rows.js").ViewName} ViewName */

/**
 * A message or note of ours that the server has not confirmed yet.
 * @typedef {object} Pending
 * @property {string} client_id
 * @property {number} conversation
 * @property {"reply" | "note"} mode
 * @property {string} text
 * @property {{id: number, variables: Record<string, string>} | null} [template]
 * @property {import("#inbox/rows.js").Attachment[]} [files]
 * @property {import("#inbox/recipients.js").Recipients | null} [recipients]
 * @property {string} channel_kind
 * @property {string} [target]  key of the way it goes
 * @property {{id: number, kind: string, address: string} | null} identity
 * @property {string} author
 * @property {string} created_at
 * @property {"queued" | "sending" | "failed"} state
 * @property {string} error
 */

/**
 * @typedef {object} State
 * @property {number} seq
 * @property {Record<string, Map<number, any>>} objects
 * @property {Map<string, number>} tombstones "kind:id" -> version
 * @property {Record<ViewName, number>} counts
 * @property {boolean} areCountsStale  a row we had never seen moved between views: ask the server
 * @property {Map<ViewName, string | null>} pages  loaded views -> cursor of the next page
 * @property {Set<number>} threads  conversations whose messages are here
 * @property {Map<string, Pending>} pending
 * @property {Map<number, {token: string, version: number, fields: Partial<Conversation>}>} patches
 * @property {Map<number, {id: number, name: string, state: string}[]>} presence
 * @property {Map<number, {author: {kind: string, name: string}, at: number}>} typing
 * @property {import("#inbox/rows.js").Me} me
 * @property {import("#inbox/rows.js").Named[]} agents
 * @property {import("#inbox/rows.js").Named[]} teams
 * @property {import("#inbox/rows.js").Channel[]} channels
 */

/** @returns {State} */
export function emptyState() {
  return {
    seq: 0,
    objects: Object.fromEntries(KINDS.map((kind) => [kind, new Map()])),
    tombstones: new Map(),
    counts: { mine: 0, unassigned: 0, all: 0, ai: 0, resolved: 0 },
    areCountsStale: false,
    pages: new Map(),
    threads: new Set(),
    pending: new Map(),
    patches: new Map(),
    presence: new Map(),
    typing: new Map(),
    me: { id: 0, name: "", role: "agent", theme: "", single_keys: true },
    agents: [],
    teams: [],
    channels: [],
  };
}

/**
 * @param {State} state
 * @param {any} action  a socket frame, or one of our own actions (see README.md)
 * @returns {State}
 */
export function reduce(state, action) {
  const step = steps[action.type];
  return step ? step(state, action) : state;
}

/** @type {Record<string, (state: State, action: any) => State>} */
const steps = {
  snapshot: (state, { snapshot }) => withSnapshot(state, snapshot),
  restart: (state, { snapshot }) => restarted(state, snapshot),
  event: (state, frame) => withFrame(state, frame),
  rows: (state, { rows }) => withRows(state, rows),
  typing: (state, { conversation, author, at }) => ({
    ...state,
    typing: new Map(state.typing).set(conversation, { author, at }),
  }),
  presence: (state, { conversation, agents }) => ({
    ...state,
    presence: new Map(state.presence).set(conversation, agents),
  }),
  preferences: (state, { fields }) => ({ ...state, me: { ...state.me, ...fields } }),
  pending: (state, { message }) => ({ ...state, pending: new Map(state.pending).set(message.client_id, message) }),
  pendingChanged: (state, { client_id, fields }) => {
    const message = state.pending.get(client_id);
    if (!message) return state;
    return { ...state, pending: new Map(state.pending).set(client_id, { ...message, ...fields }) };
  },
  pendingDropped: (state, { client_id }) => ({ ...state, pending: without(state.pending, client_id) }),
  patch: (state, { conversation, token, fields }) => {
    const version = state.objects.conversation.get(conversation)?.version ?? 0;
    return { ...state, patches: new Map(state.patches).set(conversation, { token, version, fields }) };
  },
  patchDropped: (state, { conversation, token }) =>
    state.patches.get(conversation)?.token === token
      ? { ...state, patches: without(state.patches, conversation) }
      : state,
};

/**
 * A page of a view, or a thread, beside what we have. `seq` stays: the socket still owes us all up to there.
 * @param {State} state
 * @param {Snapshot} snapshot
 */
function withSnapshot(state, snapshot) {
  const next = withRows(state, snapshot.objects);
  return {
    ...next,
    seq: state.seq || snapshot.seq,
    counts: snapshot.counts,
    areCountsStale: false,
    pages: new Map(state.pages).set(snapshot.view, snapshot.next),
    threads: snapshot.conversation === null ? state.threads : new Set(state.threads).add(snapshot.conversation),
    me: snapshot.me,
    agents: snapshot.agents,
    teams: snapshot.teams,
    channels: snapshot.channels,
  };
}

/**
 * The server can't replay from where we are: begin again, keeping only what is ours and unsent.
 * @param {State} state
 * @param {Snapshot} snapshot
 */
function restarted(state, snapshot) {
  return withSnapshot({ ...emptyState(), pending: state.pending }, snapshot);
}

/**
 * @param {State} state
 * @param {{seq: number, event?: any, objects?: Row[], removed?: {kind: string, id: number, version: number}[]}} frame
 */
function withFrame(state, frame) {
  let next = withRows(state, frame.objects ?? []);
  if (frame.removed?.length) next = withoutRows(next, frame.removed);
  const author = frame.event?.actor;
  if (
    frame.event?.type === "message.created" &&
    next.typing.get(frame.event.conversation)?.author.name === author?.name
  )
    next = { ...next, typing: without(next.typing, frame.event.conversation) };
  return { ...next, seq: Math.max(next.seq, frame.seq ?? 0) };
}

/**
 * @param {State} state
 * @param {Row[]} rows
 * @returns {State}
 */
function withRows(state, rows) {
  /** @type {Record<string, Map<number, any>>} */
  const changed = {};
  let { counts, areCountsStale, pending, patches } = state;
  for (const row of rows) {
    const held = (changed[row.kind] ?? state.objects[row.kind])?.get(row.id);
    if (!isNews(state, held, row)) continue;
    changed[row.kind] ??= new Map(state.objects[row.kind]);
    changed[row.kind].set(row.id, row);
    if ("client_id" in row && row.client_id && pending.has(row.client_id)) pending = without(pending, row.client_id);
    if (row.kind !== "conversation") continue;
    if (held) counts = recounted(counts, held, row, state.me.id);
    areCountsStale ||= !held || isCapped(state.counts, held, row, state.me.id);
    const patch = patches.get(row.id);
    if (patch && row.version > patch.version) patches = without(patches, row.id);
  }
  if (Object.keys(changed).length === 0) return state;
  return { ...state, objects: { ...state.objects, ...changed }, counts, areCountsStale, pending, patches };
}

/**
 * @param {State} state
 * @param {Row | undefined} held
 * @param {Row} row
 */
function isNews(state, held, row) {
  if (!state.objects[row.kind]) return false;
  if (held && held.version >= row.version) return false;
  const buried = state.tombstones.get(`${row.kind}:${row.id}`);
  return buried === undefined || row.version > buried;
}

/**
 * @param {State} state
 * @param {{kind: string, id: number, version: number}[]} removed
 */
function withoutRows(state, removed) {
  const objects = { ...state.objects };
  const tombstones = new Map(state.tombstones);
  let areCountsStale = state.areCountsStale;
  for (const { kind, id, version } of removed) {
    const held = objects[kind]?.get(id);
    if (!objects[kind] || (held && held.version > version)) continue;
    tombstones.set(`${kind}:${id}`, Math.max(version, tombstones.get(`${kind}:${id}`) ?? 0));
    if (!held) continue;
    objects[kind] = without(objects[kind], id);
    areCountsStale ||= kind === "conversation";
  }
  return { ...state, objects, tombstones, areCountsStale };
}

/**
 * @param {State["counts"]} counts
 * @param {Conversation} before
 * @param {Conversation} after
 * @param {number} me
 */
function recounted(counts, before, after, me) {
  const next = { ...counts };
  for (const view of VIEW_NAMES) {
    if (next[view] >= COUNT_CAP) continue;
    next[view] += Number(isInView(view, after, me)) - Number(isInView(view, before, me));
  }
  return next;
}

/**
 * A capped count that changes can't be adjusted here.
 * @param {State["counts"]} counts
 * @param {Conversation} before
 * @param {Conversation} after
 * @param {number} me
 */
function isCapped(counts, before, after, me) {
  return VIEW_NAMES.some(
    (view) => counts[view] >= COUNT_CAP && isInView(view, after, me) !== isInView(view, before, me),
  );
}

/**
 * @template K, V
 * @param {Map<K, V>} map
 * @param {K} key
 */
function without(map, key) {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
