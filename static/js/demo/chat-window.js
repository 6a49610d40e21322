/**
 * The chat in her browser. It is the real widget in frames of our own origin, so its storage is ours to read:
 * the token says which conversation is hers, and its draft is where a suggested line is put.
 */

/** @param {string} key  of the chat channel */
export function visitorToken(key) {
  try {
    return String(JSON.parse(localStorage.getItem(`onethread:${key}:token`) ?? '""') ?? "");
  } catch {
    return "";
  }
}

/** Puts words into the composer. The widget hears of it as of a change in another tab. @param {string} key @param {string} words */
export function draft(key, words) {
  localStorage.setItem(`onethread:${key}:draft`, JSON.stringify(words));
}

/** @param {HTMLIFrameElement | null} frame */
export function openChat(frame) {
  /** @type {any} */ (frame?.contentWindow)?.onethread?.open({ focus: false });
}

/** The browser forgets who chatted; the page in the frame begins anew. @param {string} key */
export function forgetVisitor(key) {
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of Object.keys(storage)) if (name.startsWith(`onethread:${key}:`)) storage.removeItem(name);
  }
}
