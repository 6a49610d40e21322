/** The channels' templates, fetched when first asked for and again when the server tells of a change. */
import { request } from "#inbox/api.js";

/** @typedef {import("#inbox/rows.js").Template} Template */

const MOST_PAGES = 20;

export class Templates {
  /**
   * @param {EventTarget} inbox  hears "change" when a list is here
   * @param {(url: string) => Promise<any>} [ask]
   */
  constructor(inbox, ask = request) {
    this.inbox = inbox;
    this.ask = ask;
    /** @type {Map<number, {rows: Template[] | null, error: string}>} */
    this.lists = new Map();
    inbox.addEventListener("frame", (/** @type {any} */ event) => this.#hear(event.detail.event));
  }

  /** The list as far as it is known; null rows while it is fetched. @param {number} channel */
  of(channel) {
    const known = this.lists.get(channel);
    if (known) return known;
    const fresh = { rows: null, error: "" };
    this.lists.set(channel, fresh);
    this.#load(channel);
    return fresh;
  }

  /** Forget a list that could not be had, and ask again. @param {number} channel */
  again(channel) {
    this.lists.delete(channel);
    this.of(channel);
    this.#tell();
  }

  /** @param {number} channel */
  async #load(channel) {
    try {
      const rows = [];
      let url = `/api/v1/channels/${channel}/templates/?page_size=200`;
      for (let page = 0; url && page < MOST_PAGES; page += 1) {
        const answer = await this.ask(url);
        rows.push(...answer.results);
        url = answer.next
          ? new URL(answer.next, "http://here").pathname + new URL(answer.next, "http://here").search
          : "";
      }
      this.lists.set(channel, { rows, error: "" });
    } catch (error) {
      const before = this.lists.get(channel)?.rows ?? null;
      this.lists.set(channel, { rows: before, error: error instanceof Error ? error.message : String(error) });
    }
    this.#tell();
  }

  /** @param {any} event */
  #hear(event) {
    const channel = event?.facts?.channel;
    if (event?.type === "template.changed" && this.lists.has(channel)) this.#load(channel);
  }

  #tell() {
    this.inbox.dispatchEvent(new Event("change"));
  }
}
