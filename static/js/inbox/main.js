/** Starts the inbox from the snapshot in the page: the first paint asks the server nothing. */
import { useLanguage } from "#language.js";
import { browserStorage, memoryStorage } from "#inbox/browser-storage.js";
import { Inbox } from "#inbox/inbox.js";
import "#inbox/elements/inbox-app.js";

/** @param {string} id */
function inlined(id) {
  const text = document.getElementById(id)?.textContent;
  return text ? JSON.parse(text) : null;
}

/**
 * Private windows and full disks refuse storage: then it works, and forgets with the tab.
 * @param {string} name
 * @param {"outbox" | "drafts"} store
 */
function storage(name, store) {
  const kept = browserStorage(name, store);
  const chosen = kept.keys().then(
    () => kept,
    () => memoryStorage(),
  );
  return {
    get: async (/** @type {string} */ key) => (await chosen).get(key),
    put: async (/** @type {string} */ key, /** @type {any} */ value) => (await chosen).put(key, value),
    remove: async (/** @type {string} */ key) => (await chosen).remove(key),
    all: async () => (await chosen).all(),
    keys: async () => (await chosen).keys(),
  };
}

/** Of all tabs of this agent one sends at a time. @param {string} name */
function oneTab(name) {
  return (/** @type {() => Promise<void>} */ run) => (navigator.locks ? navigator.locks.request(name, run) : run());
}

useLanguage(document.documentElement.lang, inlined("words") ?? {});
const snapshot = inlined("snapshot");
const name = `onethread-${snapshot.me.id}`;
const app = /** @type {any} */ (document.createElement("inbox-app"));
app.inbox = new Inbox(snapshot, {
  outbox: storage(name, "outbox"),
  drafts: storage(name, "drafts"),
  exclusively: oneTab(name),
});
document.getElementById("inbox")?.replaceChildren(app);
