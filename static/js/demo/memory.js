/** What this browser keeps of the visit, so that a reload goes on where it was. */

const KEY = "onethread-demo";

/** @returns {any} */
export function recall() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** @param {object | null} visit */
export function remember(visit) {
  try {
    if (visit) localStorage.setItem(KEY, JSON.stringify(visit));
    else localStorage.removeItem(KEY);
  } catch {
    // Full or forbidden: the visit lasts as long as the page.
  }
}
