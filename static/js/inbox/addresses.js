/** The page's address is its state: /inbox/mine/ and /inbox/mine/345/. Pure. */
import { VIEW_NAMES } from "#inbox/views.js";

/** @typedef {import("#inbox/rows.js").ViewName} ViewName */

/**
 * @param {string} path
 * @returns {{view: ViewName, conversation: number | null}}
 */
export function placeOf(path) {
  const [, view, id] = /\/inbox\/([a-z]+)\/(?:(\d+)\/)?/.exec(path) ?? [];
  const known = VIEW_NAMES.find((name) => name === view);
  return { view: known ?? "mine", conversation: known && id ? Number(id) : null };
}

/**
 * @param {ViewName} view
 * @param {number | null} [conversation]
 */
export function addressOf(view, conversation = null) {
  return conversation === null ? `/inbox/${view}/` : `/inbox/${view}/${conversation}/`;
}
