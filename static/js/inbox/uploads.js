/**
 * The files of what is being written: uploaded at once, kept with the draft, given to the message that sends them.
 * Per conversation and mode, like the drafts.
 */
import { t } from "#language.js";
import { Refused } from "#inbox/api.js";
import { freeName } from "#inbox/file-rules.js";

/**
 * @typedef {object} Item
 * @property {string} key
 * @property {string} name
 * @property {string} content_type
 * @property {number} size
 * @property {"new" | "uploading" | "waiting" | "failed" | "ready"} state  waiting: for the connection
 * @property {number} progress  0 to 1
 * @property {string} error
 * @property {number} id  on the server; 0 before it is there
 * @property {string | null} url
 * @property {File | null} file
 */

/** @typedef {"reply" | "note"} Mode */
/** @typedef {{id: number, name: string, content_type: string, size: number, url: string | null}} Sent */

/**
 * @typedef {object} Parts
 * @property {{read: Function, write: Function, flush: Function}} drafts
 * @property {(conversation: number, file: File, name: string, onProgress: (share: number) => void, signal: AbortSignal) => Promise<any>} upload
 * @property {(id: number) => void} forget
 * @property {(conversation: number) => Promise<{results: Sent[]}>} unsent
 * @property {(conversation: number, id: number) => Promise<any>} copy
 * @property {() => void} onChange
 */

export class Uploads {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    /** @type {Map<string, Item[]>} */
    this.lists = new Map();
    /** @type {Map<string, AbortController>} what is on its way */
    this.running = new Map();
    /** @type {Set<string>} lists whose draft was read */
    this.restored = new Set();
    this.count = 0;
  }

  /** @param {number} conversation @param {Mode} mode */
  of(conversation, mode) {
    return this.lists.get(listKey(conversation, mode)) ?? [];
  }

  /**
   * Take files in. They are uploaded by `start`, once it is known that their channel takes them.
   * @param {number} conversation @param {Mode} mode @param {File[]} files
   * @returns {Item[]} as they are called from now on
   */
  add(conversation, mode, files) {
    const items = this.of(conversation, mode);
    /** @type {Item[]} */
    const added = [];
    for (const file of files) {
      const taken = [...items, ...added].map((item) => item.name);
      const name = freeName(plainName(file.name), taken);
      added.push({
        key: this.#newKey(),
        name,
        content_type: file.type || "application/octet-stream",
        size: file.size,
        state: "new",
        progress: 0,
        error: "",
        id: 0,
        url: null,
        file,
      });
    }
    this.#set(conversation, mode, [...items, ...added]);
    return added;
  }

  /** Files that the server has already: of a message that comes back. @param {number} conversation @param {Mode} mode @param {Sent[]} files */
  put(conversation, mode, files) {
    const known = this.of(conversation, mode);
    const back = files.filter((file) => !known.some((item) => item.id === file.id));
    this.#set(conversation, mode, [...known, ...back.map((file) => this.#ready(file))]);
  }

  /** Files of another message, once more. @param {number} conversation @param {Mode} mode @param {Sent[]} files */
  async copy(conversation, mode, files) {
    for (const file of files) {
      const key = this.#newKey();
      const item = { ...this.#ready(file), key, id: 0, url: null, state: /** @type {const} */ ("uploading") };
      this.#set(conversation, mode, [...this.of(conversation, mode), item]);
      await this.parts.copy(conversation, file.id).then(
        (row) => this.#change(conversation, mode, key, { ...served(row), state: "ready" }),
        () =>
          this.#change(conversation, mode, key, { state: "failed", error: t("It could not be copied. Add it again.") }),
      );
    }
  }

  /** @param {number} conversation @param {Mode} mode @param {string} key */
  async start(conversation, mode, key) {
    const item = this.of(conversation, mode).find((one) => one.key === key);
    if (!item?.file || this.running.has(key)) return;
    const abort = new AbortController();
    this.running.set(key, abort);
    this.#change(conversation, mode, key, { state: "uploading", progress: 0, error: "" });
    const onProgress = (/** @type {number} */ progress) => this.#change(conversation, mode, key, { progress });
    try {
      const row = await this.parts.upload(conversation, item.file, item.name, onProgress, abort.signal);
      this.running.delete(key);
      this.#change(conversation, mode, key, { ...served(row), state: "ready", progress: 1, file: null });
    } catch (error) {
      this.running.delete(key);
      if (error instanceof DOMException) return;
      const isRefused = error instanceof Refused;
      const words = isRefused ? reason(error) : t("No connection. It goes on by itself.");
      this.#change(conversation, mode, key, { state: isRefused ? "failed" : "waiting", error: words });
    }
  }

  /** The connection is back. */
  resume() {
    for (const [list, items] of this.lists) {
      const [conversation, mode] = list.split(":");
      for (const item of items)
        if (item.state === "waiting") this.start(Number(conversation), /** @type {Mode} */ (mode), item.key);
    }
  }

  /** @param {number} conversation @param {Mode} mode @param {string} key */
  remove(conversation, mode, key) {
    const item = this.of(conversation, mode).find((one) => one.key === key);
    if (!item) return;
    this.running.get(key)?.abort();
    this.running.delete(key);
    if (item.id) this.parts.forget(item.id);
    this.#set(
      conversation,
      mode,
      this.of(conversation, mode).filter((one) => one.key !== key),
    );
  }

  /** Give the files that are there to a message; the list is empty then. @param {number} conversation @param {Mode} mode @returns {Sent[]} */
  take(conversation, mode) {
    const items = this.of(conversation, mode).filter((item) => item.id);
    this.#set(conversation, mode, []);
    return items.map(({ id, name, content_type, size, url }) => ({ id, name, content_type, size, url }));
  }

  /** Show what an earlier tab had added, as far as the server still has it. @param {number} conversation @param {Mode} mode */
  async restore(conversation, mode) {
    const list = listKey(conversation, mode);
    if (this.restored.has(list)) return;
    this.restored.add(list);
    const text = await this.parts.drafts.read(conversation, `${mode}:files`).catch(() => "");
    if (!text) return;
    /** @type {Sent[]} */
    const kept = JSON.parse(text);
    const there = await this.parts.unsent(conversation).catch(() => null);
    // Without an answer they are shown as they were: sending will tell.
    const files = there ? there.results.filter((row) => kept.some((file) => file.id === row.id)) : kept;
    const lost = kept.filter((file) => !files.some((one) => one.id === file.id));
    this.put(conversation, mode, files);
    for (const file of lost) {
      const error = t("It was kept for a day and is gone. Add it again.");
      const item = { ...this.#ready(file), id: 0, url: null, state: /** @type {const} */ ("failed"), error };
      this.#set(conversation, mode, [...this.of(conversation, mode), item]);
    }
  }

  /** @param {Sent} file @returns {Item} */
  #ready({ id, name, content_type, size, url }) {
    const key = this.#newKey();
    return { key, id, name, content_type, size, url, state: "ready", progress: 1, error: "", file: null };
  }

  #newKey() {
    this.count += 1;
    return `file-${this.count}`;
  }

  /** @param {number} conversation @param {Mode} mode @param {string} key @param {Partial<Item>} fields */
  #change(conversation, mode, key, fields) {
    const items = this.of(conversation, mode);
    if (!items.some((item) => item.key === key)) return;
    this.#set(
      conversation,
      mode,
      items.map((item) => (item.key === key ? { ...item, ...fields } : item)),
    );
  }

  /** @param {number} conversation @param {Mode} mode @param {Item[]} items */
  #set(conversation, mode, items) {
    this.lists.set(listKey(conversation, mode), items);
    const there = items.filter((item) => item.id);
    const kept = there.map(({ id, name, content_type, size, url }) => ({ id, name, content_type, size, url }));
    this.parts.drafts.write(conversation, `${mode}:files`, kept.length ? JSON.stringify(kept) : "");
    // At once: what is seen as ready is kept, even if the page is left in this very moment.
    void this.parts.drafts.flush();
    this.parts.onChange();
  }
}

/** @param {number} conversation @param {Mode} mode */
const listKey = (conversation, mode) => `${conversation}:${mode}`;

/** A name as it can stand in a text, where square brackets mark places. @param {string} name */
const plainName = (name) => name.replaceAll("[", "(").replaceAll("]", ")") || "file";

/** What the server says of a file: its type is looked up in its bytes. @param {any} row */
const served = ({ id, name, content_type, size, url }) => ({ id, name, content_type, size, url });

/** @param {Refused} error */
function reason(error) {
  const words = error.body?.fields?.file?.[0];
  return words ? words.replace(/^.*?: /, "") : error.message;
}
