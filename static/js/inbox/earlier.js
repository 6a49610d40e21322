/** The beginning of a long thread, piece by piece: a snapshot holds only its newest messages. */
import { t } from "#language.js";
import { earlier } from "#inbox/api.js";

export class Earlier {
  /** @param {import("#inbox/inbox.js").Inbox} inbox */
  constructor(inbox) {
    this.inbox = inbox;
    /** @type {Set<number>} conversations whose beginning is here */
    this.complete = new Set();
    this.isLoading = false;
  }

  /** Whether there is more than what we hold. @param {import("#inbox/rows.js").Conversation} row */
  isThere(row) {
    return (
      !this.complete.has(row.id) &&
      this.inbox.state.threads.has(row.id) &&
      row.message_count > this.#held(row.id).length
    );
  }

  /** @param {number} id */
  async load(id) {
    const held = this.#held(id);
    if (this.isLoading || held.length === 0) return;
    this.isLoading = true;
    try {
      const { objects } = await earlier(id, Math.min(...held));
      if (objects.length === 0) this.complete.add(id);
      this.inbox.dispatch({ type: "rows", rows: objects });
    } catch (error) {
      const why = error instanceof Error ? error.message : "";
      this.inbox.say(t("Could not load this. {why}", { why }), { isBad: true });
    } finally {
      this.isLoading = false;
      this.inbox.show({});
    }
  }

  /** @param {number} id */
  #held(id) {
    const rows = [...this.inbox.state.objects.message.values()];
    return rows.filter((row) => row.conversation === id).map((row) => row.id);
  }
}
