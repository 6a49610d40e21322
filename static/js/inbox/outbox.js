/**
 * What we send, kept until the server has it. An entry is stored before the first attempt and removed after the
 * answer; the server knows `client_id`, so an attempt whose answer was lost is repeated without harm.
 * One conversation's entries go in order; a failed one stops those behind it.
 */
import { Refused, Unreachable } from "#inbox/api.js";
import { retryDelay } from "#inbox/socket.js";

/**
 * @typedef {object} Entry
 * @property {string} client_id
 * @property {number} conversation
 * @property {object} body
 * @property {any} shown  the pending line, to show it again after a reload
 * @property {number} order
 * @property {string} [failed]  the server's refusal; waits for the agent
 */

/**
 * @typedef {object} Parts
 * @property {{get: Function, put: Function, remove: Function, all: Function}} storage
 * @property {(entry: Entry) => Promise<any>} send
 * @property {(action: any) => void} dispatch
 * @property {(entry: Entry, refusal: Refused) => void} [onConflict]
 * @property {(run: () => void, ms: number) => any} [later]
 * @property {(run: () => Promise<void>) => Promise<void>} [exclusively]  only one tab at a time
 * @property {() => number} [now]
 */

export class Outbox {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = {
      later: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
      exclusively: (/** @type {() => Promise<void>} */ run) => run(),
      now: Date.now,
      onConflict: () => {},
      ...parts,
    };
    this.attempts = 0;
    this.isFlushing = false;
    this.isWanted = false;
    this.lastOrder = 0;
  }

  /** Show what an earlier tab left unsent, and try it. */
  async restore() {
    for (const entry of await this.#entries()) this.#show(entry);
    await this.flush();
  }

  /**
   * @param {{client_id: string, conversation: number, body: object, shown: any}} message
   */
  async add(message) {
    this.lastOrder = Math.max(this.lastOrder + 1, this.parts.now());
    const entry = { ...message, order: this.lastOrder };
    this.#show(entry);
    await this.parts.storage.put(entry.client_id, entry);
    await this.flush();
  }

  /** Try again what was refused. @param {string} clientId @param {object} [changes] for the body */
  async retry(clientId, changes = {}) {
    const entry = await this.parts.storage.get(clientId);
    if (!entry) return;
    const again = { ...entry, body: { ...entry.body, ...changes }, failed: undefined };
    await this.parts.storage.put(clientId, again);
    this.#show(again);
    await this.flush();
  }

  /** Take it back, unsent. @param {string} clientId */
  async discard(clientId) {
    await this.parts.storage.remove(clientId);
    this.parts.dispatch({ type: "pendingDropped", client_id: clientId });
  }

  /** Send what can be sent. Called while running, it runs once more after. */
  async flush() {
    this.isWanted = true;
    if (this.isFlushing) return;
    this.isFlushing = true;
    try {
      while (this.isWanted) {
        this.isWanted = false;
        await this.parts.exclusively(() => this.#sendAll());
      }
    } finally {
      this.isFlushing = false;
    }
  }

  async #sendAll() {
    const blocked = new Set();
    for (const entry of await this.#entries()) {
      if (entry.failed) blocked.add(entry.conversation);
      if (blocked.has(entry.conversation)) continue;
      // Another tab may have sent it while we waited for our turn.
      if (!(await this.parts.storage.get(entry.client_id))) continue;
      const outcome = await this.#attempt(entry);
      if (outcome === "unreachable") return;
      if (outcome === "refused") blocked.add(entry.conversation);
    }
  }

  /** @param {Entry} entry */
  async #attempt(entry) {
    this.#change(entry, { state: "sending", error: "" });
    try {
      const row = await this.parts.send(entry);
      await this.parts.storage.remove(entry.client_id);
      this.attempts = 0;
      this.parts.dispatch({ type: "rows", rows: row ? [row] : [] });
      this.parts.dispatch({ type: "pendingDropped", client_id: entry.client_id });
      return "sent";
    } catch (error) {
      if (error instanceof Refused) return this.#refused(entry, error);
      if (!(error instanceof Unreachable)) throw error;
      this.#change(entry, { state: "queued" });
      this.parts.later(() => void this.flush(), retryDelay(this.attempts++));
      return "unreachable";
    }
  }

  /**
   * @param {Entry} entry
   * @param {Refused} refusal
   */
  async #refused(entry, refusal) {
    // What should have come with it has not come either.
    this.parts.dispatch({ type: "patchDropped", conversation: entry.conversation, token: entry.client_id });
    if (refusal.code === "conflict") {
      await this.discard(entry.client_id);
      this.parts.dispatch({ type: "rows", rows: refusal.body.since ?? [] });
      this.parts.onConflict(entry, refusal);
      return "refused";
    }
    await this.parts.storage.put(entry.client_id, { ...entry, failed: refusal.message });
    this.#change(entry, { state: "failed", error: refusal.message });
    return "refused";
  }

  /** @returns {Promise<Entry[]>} */
  async #entries() {
    const entries = await this.parts.storage.all();
    return entries.sort((/** @type {Entry} */ a, /** @type {Entry} */ b) => a.order - b.order);
  }

  /** @param {Entry} entry */
  #show(entry) {
    const state = entry.failed ? "failed" : "queued";
    this.parts.dispatch({ type: "pending", message: { ...entry.shown, state, error: entry.failed ?? "" } });
  }

  /** @param {Entry} entry @param {object} fields */
  #change(entry, fields) {
    this.parts.dispatch({ type: "pendingChanged", client_id: entry.client_id, fields });
  }
}
