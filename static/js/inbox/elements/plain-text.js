/** Text a stranger wrote, as text: only http(s) addresses become links, and those lead away safely. */
import { html } from "lit";

/** Bounded and without nesting, so it stays linear whatever is written. */
const LINK = /\bhttps?:\/\/[^\s<>"'`]{1,2000}/g;
const TRAILING = /[.,;:!?)\]]+$/;

/** @param {string} text */
export function withLinks(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(TRAILING, "");
    parts.push(text.slice(end, match.index), link(address));
    end = match.index + address.length;
  }
  parts.push(text.slice(end));
  return parts;
}

/** @param {string} address */
function link(address) {
  return html`<a href=${address} target="_blank" rel="noopener noreferrer nofollow">${address}</a>`;
}
