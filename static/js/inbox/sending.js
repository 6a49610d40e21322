/** Taking back what has not left, and changing when it leaves. The server decides; the words are never lost. */
import { t } from "#language.js";
import { request } from "#inbox/api.js";
import { content, newestUndoable } from "#inbox/waiting.js";

/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */
/** @typedef {import("#inbox/rows.js").Message} Message */

/** How long to wait for the server's word on what was sent a moment ago. */
const PATIENCE_MS = 15_000;

export class Sending {
  /** @param {Inbox} inbox */
  constructor(inbox) {
    this.inbox = inbox;
    /** When each waiting message came here, for clocks that go wrong. @type {Map<number, number>} */
    this.cameAt = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
  }

  /** @param {Message} row */
  since(row) {
    if (!this.cameAt.has(row.id)) this.cameAt.set(row.id, Date.now());
    return /** @type {number} */ (this.cameAt.get(row.id));
  }

  /** What ⌘Z takes back. */
  get newest() {
    return newestUndoable(this.inbox.state);
  }

  /** Take it back, and open the composer with all of it. @param {Message | null} row */
  async takeBack(row) {
    if (row && (await this.#ask(row, "cancel"))) await this.giveBack(row);
  }

  /** Take it back, and leave the composer alone. @param {Message} row */
  cancel(row) {
    return this.#ask(row, "cancel");
  }

  /** @param {Message} row */
  sendNow(row) {
    return this.#ask(row, "send-now");
  }

  /** @param {Message} row @param {Date} at @param {boolean} anyway */
  reschedule(row, at, anyway) {
    return this.#ask(row, "reschedule", { send_at: at.toISOString(), sends_anyway: anyway });
  }

  /** The words of a message that did not leave, back where they were written. @param {Message} row */
  async giveBack(row) {
    const { inbox } = this;
    if (inbox.screen.selected !== row.conversation) inbox.open(row.conversation);
    const focus = inbox.screen.compose.focus + 1;
    inbox.show({ page: "thread", compose: { mode: "reply", focus, isGivenBack: true, ...content(row) } });
  }

  /**
   * Take back what was sent a moment ago and may not be confirmed yet.
   * @param {string} clientId
   * @returns {Promise<boolean>} false where it can't be taken back any more
   */
  async undoSent(clientId) {
    const unsent = this.inbox.state.pending.get(clientId);
    if (unsent?.state === "queued") return this.#discard(unsent);
    const row = await this.#confirmed(clientId);
    if (!row || !(await this.#ask(row, "cancel"))) return false;
    await this.giveBack(row);
    return true;
  }

  /** It waits for the connection: nobody has it but us. @param {import("#inbox/store.js").Pending} unsent */
  async #discard(unsent) {
    const { inbox } = this;
    await inbox.outbox.discard(unsent.client_id);
    if (inbox.screen.selected !== unsent.conversation) inbox.open(unsent.conversation);
    const { text, template, target, recipients } = /** @type {any} */ (unsent);
    const words = template ? { template } : { text };
    const focus = inbox.screen.compose.focus + 1;
    inbox.show({ page: "thread", compose: { mode: "reply", focus, isGivenBack: true, ...words, target, recipients } });
    inbox.dispatch({ type: "patchDropped", conversation: unsent.conversation, token: unsent.client_id });
    return true;
  }

  /** @param {string} clientId @returns {Promise<Message | null>} */
  #confirmed(clientId) {
    const { inbox } = this;
    const find = () => {
      for (const row of inbox.state.objects.message.values()) if (row.client_id === clientId) return row;
      return null;
    };
    return new Promise((resolve) => {
      const look = () => {
        const row = find();
        if (row) done(row);
      };
      const done = (/** @type {Message | null} */ row) => {
        clearTimeout(timer);
        inbox.removeEventListener("change", look);
        resolve(row);
      };
      const timer = setTimeout(() => done(null), PATIENCE_MS);
      inbox.addEventListener("change", look);
      look();
    });
  }

  /**
   * @param {Message} row
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<boolean>}
   */
  async #ask(row, path, body = {}) {
    if (this.asked.has(row.id)) return false;
    this.asked.add(row.id);
    try {
      await request(`/api/v1/messages/${row.id}/${path}/`, body);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : "";
      this.inbox.say(why || t("The server could not be reached."), { isBad: true });
      return false;
    } finally {
      this.asked.delete(row.id);
    }
  }
}
