/**
 * What an agent does to a conversation: shown at once, sent, and put back with a word if the server refuses.
 * Assigning, resolving and snoozing can be undone while the bar shows it.
 */
import { t } from "#language.js";
import { post } from "#inbox/api.js";
import { conversation as shown } from "#inbox/selectors.js";

/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */
/** @typedef {import("#inbox/rows.js").Conversation} Conversation */
/** @typedef {import("#inbox/rows.js").Named} Named */

export class Work {
  /** @param {Inbox} inbox */
  constructor(inbox) {
    this.inbox = inbox;
  }

  /**
   * @param {Conversation} row
   * @param {{agent: Named | null, team?: Named | null}} to
   */
  assign(row, { agent, team = row.team }) {
    const before = { agent: row.assignee, team: row.team };
    const words = assignedWords(agent, team, this.inbox.state.me.id);
    this.#change(row, { assignee: agent, team }, "assign", { agent: agent?.id ?? null, team: team?.id ?? null });
    this.inbox.offerUndo(words, () => this.#reassign(row.id, before));
  }

  /** Show what comes with a reply that resolves, and is undone with it. @param {Conversation} row @param {string} sentWith  its client_id @param {boolean} canTakeBack */
  resolvedWith(row, sentWith, canTakeBack) {
    const fields = { state: /** @type {const} */ ("resolved"), unread_count: 0 };
    const laid = this.inbox.state.patches.get(row.id)?.fields;
    this.inbox.dispatch({ type: "patch", conversation: row.id, token: sentWith, fields: { ...laid, ...fields } });
    const undo = () => (canTakeBack ? this.#undoSent(row, sentWith) : this.#reopen(row));
    this.inbox.offerUndo(t("Sent and resolved #{number}", { number: row.number }), undo);
  }

  /** @param {Conversation} row */
  resolve(row) {
    const fields = { state: /** @type {const} */ ("resolved"), unread_count: 0, waiting_since: null };
    this.#change(row, fields, "state", { state: "resolved" });
    this.inbox.offerUndo(t("Resolved #{number}", { number: row.number }), () => this.#reopen(row));
  }

  /** The server opens again what was resolved with a reply that is taken back. @param {Conversation} row @param {string} sentWith */
  async #undoSent(row, sentWith) {
    if (!(await this.inbox.sending.undoSent(sentWith))) this.#reopen(row);
  }

  /** @param {Conversation} row */
  reopen(row) {
    this.#change(row, { state: "open" }, "state", { state: "open" });
    this.inbox.offerUndo(t("Reopened #{number}", { number: row.number }), () => this.#restate(row.id, "resolved"));
  }

  /** @param {Conversation} row @param {Date} until */
  snooze(row, until) {
    const at = until.toISOString();
    this.#change(row, { state: "snoozed", snoozed_until: at }, "state", { state: "snoozed", until: at });
    this.inbox.offerUndo(t("Snoozed #{number}", { number: row.number }), () => this.#reopen(row));
  }

  /** @param {Conversation} row */
  markSpam(row) {
    this.#change(row, { state: "spam" }, "state", { state: "spam" });
    this.inbox.offerUndo(t("Marked #{number} as spam", { number: row.number }), () => this.#reopen(row));
  }

  /** Somebody who stands beside takes part. @param {Conversation} row @param {import("#inbox/rows.js").Participant} who */
  letIn(row, who) {
    const participants = row.participants.map((one) =>
      one.id === who.id ? { ...one, state: /** @type {const} */ ("let_in") } : one,
    );
    this.#change(row, { participants }, "let-in", { participant: who.id });
    this.inbox.say(t("{name} takes part now", { name: who.name || who.address }));
  }

  /** @param {Conversation} row */
  markRead(row) {
    if (row.unread_count) this.#change(row, { unread_count: 0 }, "read", {}, { isQuiet: true });
  }

  /** Undo goes back to the conversation, so that what came back is in sight. @param {Conversation} row */
  #reopen(row) {
    this.#restate(row.id, "open", { unread_count: row.unread_count, waiting_since: row.waiting_since });
    this.inbox.open(row.id);
  }

  /** @param {number} id @param {Conversation["state"]} state @param {Partial<Conversation>} [fields] */
  #restate(id, state, fields = {}) {
    const row = shown(this.inbox.state, id);
    if (row) this.#change(row, { ...fields, state }, "state", { state });
  }

  /** @param {number} id @param {{agent: Named | null, team: Named | null}} to */
  #reassign(id, { agent, team }) {
    const row = shown(this.inbox.state, id);
    if (!row) return;
    this.#change(row, { assignee: agent, team }, "assign", { agent: agent?.id ?? null, team: team?.id ?? null });
  }

  /**
   * @param {Conversation} row
   * @param {Partial<Conversation>} fields
   * @param {string} path
   * @param {object} body
   * @param {{isQuiet?: boolean}} [options]
   */
  async #change(row, fields, path, body, { isQuiet = false } = {}) {
    const token = crypto.randomUUID();
    const laid = this.inbox.state.patches.get(row.id)?.fields;
    this.inbox.dispatch({ type: "patch", conversation: row.id, token, fields: { ...laid, ...fields } });
    try {
      const answer = await post(row.id, path, body);
      if (answer?.kind === "conversation") this.inbox.dispatch({ type: "rows", rows: [answer] });
    } catch (error) {
      this.inbox.dispatch({ type: "patchDropped", conversation: row.id, token });
      const why = error instanceof Error ? error.message : "";
      if (!isQuiet) this.inbox.say(t("Not saved, put back as it was. {why}", { why }), { isBad: true });
    }
  }
}

/** @param {Named | null} agent @param {Named | null} team @param {number} me */
function assignedWords(agent, team, me) {
  if (agent) return agent.id === me ? t("Assigned to you") : t("Assigned to {name}", { name: agent.name });
  return team ? t("Given to {name}", { name: team.name }) : t("Back in the queue");
}
