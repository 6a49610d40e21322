/**
 * The reducer for what the server pushes: rows by (kind, id), newest version wins; the same rules as
 * the agents' inbox, which keeps much more. Pure: a state is never changed, a frame gives a new one (or the same one when it brought nothing).
 *
 * @typedef {import("./types.js").Row} Row
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").State} State
 */

/** @type {State} */
export const EMPTY = Object.freeze({ seq: 0, rows: new Map(), gone: new Map() });

/** @param {{kind: string, id: any}} row */
export const keyOf = (row) => `${row.kind}:${row.id}`;

/**
 * The state after one frame. Frames may come twice or out of order.
 * @param {State} state
 * @param {Frame} frame
 * @returns {State}
 */
export function apply(state, frame) {
  const rows = new Map(state.rows);
  const gone = new Map(state.gone);
  let isChanged = false;
  for (const row of frame.objects ?? []) isChanged = upsert(rows, gone, row) || isChanged;
  for (const removal of frame.removed ?? []) isChanged = remove(rows, gone, removal) || isChanged;
  const seq = Math.max(state.seq, frame.seq ?? 0);
  if (!isChanged) return seq === state.seq ? state : { ...state, seq };
  return { seq, rows, gone };
}

/**
 * A state made from a full snapshot; nothing of what was known before survives it.
 * @param {Frame} frame
 * @returns {State}
 */
export const fromSnapshot = (frame) => apply(EMPTY, frame);

/**
 * @param {State} state
 * @param {string} kind
 * @returns {Row[]}
 */
export const rowsOf = (state, kind) => [...state.rows.values()].filter((row) => row.kind === kind);

/**
 * @param {Map<string, Row>} rows
 * @param {Map<string, number>} gone
 * @param {Row} row
 */
function upsert(rows, gone, row) {
  const key = keyOf(row);
  if (row.version <= (gone.get(key) ?? -Infinity)) return false;
  if (row.version <= (rows.get(key)?.version ?? -Infinity)) return false;
  gone.delete(key);
  rows.set(key, row);
  return true;
}

/**
 * A tombstone stays, so that an older row arriving late does not bring the object back.
 * @param {Map<string, Row>} rows
 * @param {Map<string, number>} gone
 * @param {import("./types.js").Removal} removal
 */
function remove(rows, gone, removal) {
  const key = keyOf(removal);
  if (removal.version < (rows.get(key)?.version ?? -Infinity)) return false;
  const isNews = removal.version > (gone.get(key) ?? -Infinity);
  if (isNews) gone.set(key, removal.version);
  return rows.delete(key) || isNews;
}
