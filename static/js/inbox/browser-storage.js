/** One small IndexedDB per agent: what is written and not yet sent outlives the tab. */

const STORES = ["outbox", "drafts"];

/**
 * @param {string} name  one database per agent, so that people who share a computer share no drafts
 * @param {"outbox" | "drafts"} store
 */
export function browserStorage(name, store) {
  /** @type {Promise<IDBDatabase> | null} */
  let opening = null;
  const database = () => {
    opening ??= open(name);
    return opening;
  };
  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(objects: IDBObjectStore) => IDBRequest<T>} ask
   * @returns {Promise<T>}
   */
  const run = async (mode, ask) => settled(ask((await database()).transaction(store, mode).objectStore(store)));
  return {
    /** @param {string} key */
    get: (key) => run("readonly", (objects) => objects.get(key)),
    /** @param {string} key @param {any} value */
    put: (key, value) => run("readwrite", (objects) => objects.put(value, key)),
    /** @param {string} key */
    remove: (key) => run("readwrite", (objects) => objects.delete(key)),
    /** @returns {Promise<any[]>} */
    all: () => run("readonly", (objects) => objects.getAll()),
    keys: () => run("readonly", (objects) => objects.getAllKeys()),
  };
}

/** The same interface for browsers that refuse storage (and for tests): works, forgets with the tab. */
export function memoryStorage() {
  const values = new Map();
  return {
    /** @param {string} key */
    get: async (key) => values.get(key),
    /** @param {string} key @param {any} value */
    put: async (key, value) => void values.set(key, structuredClone(value)),
    /** @param {string} key */
    remove: async (key) => void values.delete(key),
    all: async () => [...values.values()],
    keys: async () => [...values.keys()],
  };
}

/**
 * @param {string} name
 * @returns {Promise<IDBDatabase>}
 */
function open(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const store of STORES) request.result.createObjectStore(store);
  };
  return settled(request);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
