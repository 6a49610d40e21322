/**
 * The visitor's messages on their way out. Kept in storage, shared by the visitor's tabs, so that
 * a reload, a lost network or a closed laptop loses none; the server drops doubles by client_id.
 *
 * @typedef {import("./types.js").Outgoing} Outgoing
 */
const KEPT_MAX = 50;
const SENT_KEPT_MS = 60_000;

export class Outbox {
  /**
   * @param {import("./storage.js").Memory} memory
   * @param {() => number} [now]
   */
  constructor(memory, now = Date.now) {
    this.memory = memory;
    this.now = now;
  }

  /** @returns {Outgoing[]} oldest first */
  get items() {
    const items = this.memory.read("outbox", /** @type {Outgoing[]} */ ([]));
    return Array.isArray(items) ? items : [];
  }

  /** What the server has not accepted and the visitor has not to decide about. */
  get unsent() {
    return this.items.filter((item) => item.state === "waiting" || item.state === "sending");
  }

  /**
   * @param {string} text
   * @returns {Outgoing}
   */
  add(text) {
    const created_at = new Date(this.now()).toISOString();
    /** @type {Outgoing} */
    const item = { client_id: newId(), text, created_at, state: "waiting" };
    this.#write([...this.items, item].slice(-KEPT_MAX));
    return item;
  }

  /**
   * @param {string} clientId
   * @param {import("./types.js").OutgoingState} state
   * @param {string} [reason]
   */
  mark(clientId, state, reason) {
    this.#write(this.items.map((item) => (item.client_id === clientId ? { ...item, state, reason } : item)));
  }

  /** @param {string} clientId */
  discard(clientId) {
    this.#write(this.items.filter((item) => item.client_id !== clientId));
  }

  /**
   * Drops what has come back as a row of the conversation, and accepted ones whose row never came.
   * @param {any[]} rows
   */
  settle(rows) {
    const arrived = new Set(rows.map((row) => row.client_id).filter(Boolean));
    const oldest = this.now() - SENT_KEPT_MS;
    const kept = this.items.filter(
      (item) => !arrived.has(item.client_id) && !(item.state === "sent" && Date.parse(item.created_at) < oldest),
    );
    if (kept.length !== this.items.length) this.#write(kept);
  }

  /** @param {Outgoing[]} items */
  #write(items) {
    this.memory.write("outbox", items.length ? items : undefined);
  }
}

/** randomUUID exists only in secure contexts; a helpdesk tried out on a LAN address has none. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
