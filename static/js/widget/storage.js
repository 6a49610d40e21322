/**
 * What the widget remembers in the frame's own storage, under one prefix per channel.
 * Where a browser blocks storage it remembers for the life of the page only.
 */
export class Memory {
  /**
   * @param {string} prefix
   * @param {Storage | null} [storage]
   */
  constructor(prefix, storage = browserStorage()) {
    this.prefix = `onethread:${prefix}:`;
    this.storage = storage;
    /** @type {Map<string, string>} */
    this.fallback = new Map();
  }

  /**
   * @template T
   * @param {string} name
   * @param {T} missing what to answer when nothing (or nothing readable) is stored
   * @returns {T}
   */
  read(name, missing) {
    const text = this.storage ? this.storage.getItem(this.prefix + name) : this.fallback.get(name);
    if (text === undefined || text === null) return missing;
    try {
      return JSON.parse(text);
    } catch {
      return missing;
    }
  }

  /**
   * @param {string} name
   * @param {unknown} value undefined forgets the entry
   */
  write(name, value) {
    if (value === undefined) return this.forget(name);
    const text = JSON.stringify(value);
    this.fallback.set(name, text);
    try {
      this.storage?.setItem(this.prefix + name, text);
    } catch {
      this.storage = null; // full or withdrawn: the page keeps what it has
    }
  }

  /** @param {string} name */
  forget(name) {
    this.fallback.delete(name);
    this.storage?.removeItem(this.prefix + name);
  }

  /**
   * Calls back when another tab changed an entry.
   * @param {(name: string) => void} listener
   */
  watch(listener) {
    globalThis.addEventListener?.("storage", (event) => {
      if (event.key?.startsWith(this.prefix)) listener(event.key.slice(this.prefix.length));
    });
  }
}

/** @returns {Storage | null} */
function browserStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // reading the property throws where third-party storage is blocked
  }
}
