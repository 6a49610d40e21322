/** Drafts, saved as one writes: per conversation and mode, on this computer. */

const SAVE_AFTER_MS = 300;

/** Mode: "reply", "note", "template", and "reply:files" for what goes along. @param {number} conversation @param {string} mode */
const keyOf = (conversation, mode) => `${conversation}:${mode}`;

export class Drafts {
  /**
   * @param {{get: Function, put: Function, remove: Function, keys: Function}} storage
   * @param {(run: () => void, ms: number) => any} [later]
   */
  constructor(storage, later = (run, ms) => setTimeout(run, ms)) {
    this.storage = storage;
    this.later = later;
    /** @type {Map<string, string>} what was typed and may not be stored yet */
    this.texts = new Map();
    /** Writes go one after the other, or a slow save could bring back what a later one removed. */
    this.writing = Promise.resolve();
    /** @type {Set<string>} */
    this.due = new Set();
  }

  /** @param {number} conversation @param {string} mode @returns {Promise<string>} */
  async read(conversation, mode) {
    const key = keyOf(conversation, mode);
    if (!this.texts.has(key)) this.texts.set(key, (await this.storage.get(key)) ?? "");
    return this.texts.get(key) ?? "";
  }

  /** @param {number} conversation @param {string} mode @param {string} text */
  write(conversation, mode, text) {
    const key = keyOf(conversation, mode);
    this.texts.set(key, text);
    if (this.due.has(key)) return;
    this.due.add(key);
    this.later(() => this.#save(key), SAVE_AFTER_MS);
  }

  /** Save what is still due, now: the page is being left. */
  flush() {
    for (const key of [...this.due]) this.#save(key);
    return this.writing;
  }

  /** The conversations with something written. @returns {Promise<Set<number>>} */
  async conversations() {
    const stored = /** @type {string[]} */ (await this.storage.keys());
    const typed = [...this.texts].filter(([, text]) => text).map(([key]) => key);
    // What was just emptied may not be taken out of the store yet.
    const kept = stored.filter((key) => this.texts.get(key) !== "");
    return new Set([...kept, ...typed].map((key) => Number(key.split(":")[0])));
  }

  /** @param {string} key */
  #save(key) {
    this.due.delete(key);
    const text = this.texts.get(key) ?? "";
    this.writing = this.writing
      .then(() => (text ? this.storage.put(key, text) : this.storage.remove(key)))
      .catch(() => {});
  }
}
