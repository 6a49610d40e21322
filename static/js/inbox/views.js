/** Which conversations a view shows, and in what order. Pure; the server's querysets say the same. */

/** @typedef {import("#inbox/rows.js").Conversation} Conversation */
/** @typedef {import("#inbox/rows.js").ViewName} ViewName */

/** @type {readonly ViewName[]} */
export const VIEW_NAMES = ["mine", "unassigned", "all", "ai", "resolved"];

/** Counts are counted to here and no further. */
export const COUNT_CAP = 100;

/** The tier-1 is speaking with the customer; nobody has to do anything yet. */
const HANDLED_BY_AI = new Set(["waiting", "answered", "offered", "asked"]);

/** @param {Conversation} row */
export function isHandledByAi(row) {
  return row.assignee === null && HANDLED_BY_AI.has(row.tier1_state);
}

/**
 * @param {ViewName} view
 * @param {Conversation} row
 * @param {number} me
 */
export function isInView(view, row, me) {
  if (view === "resolved") return row.state === "resolved";
  if (view === "all") return row.state === "open" || row.state === "snoozed";
  if (row.state !== "open") return false;
  if (view === "mine") return row.assignee?.id === me;
  if (view === "unassigned") return row.assignee === null && !isHandledByAi(row);
  return isHandledByAi(row);
}

/**
 * Longest waiting first, then those that wait for nobody here, newest first: the order of the server's pages.
 * @param {Conversation} a
 * @param {Conversation} b
 */
export function byWait(a, b) {
  return (
    waitingFirst(a.waiting_since, b.waiting_since) || newestFirst(a.last_message_at, b.last_message_at) || b.id - a.id
  );
}

/**
 * @param {string | null} a
 * @param {string | null} b
 */
function waitingFirst(a, b) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return Date.parse(a) - Date.parse(b);
}

/**
 * @param {string | null} a
 * @param {string | null} b
 */
function newestFirst(a, b) {
  return (b ? Date.parse(b) : 0) - (a ? Date.parse(a) : 0);
}
