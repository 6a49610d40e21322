/** Small pieces that several panels show. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { clockTime, fullTime } from "#moments.js";
import { channelName } from "#inbox/words.js";

/** Tints of the avatars; chosen by name, so that a person keeps hers. */
const TINTS = 6;

/** @param {string} name @param {{isCustomer?: boolean}} [options] */
export function avatar(name, { isCustomer = false } = {}) {
  const tint = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % TINTS;
  return html`<span class="avatar" data-tint=${tint} ?data-customer=${isCustomer} aria-hidden="true">${initials(name)}</span>`;
}

/** @param {string} name */
function initials(name) {
  const words = name.split(/[\s@._-]+/).filter((word) => /\p{L}|\p{N}/u.test(word));
  const [first = "?", last = ""] = [words[0]?.match(/\p{L}|\p{N}/u)?.[0], words.length > 1 ? words.at(-1)?.[0] : ""];
  return (first + last).toLocaleUpperCase();
}

/** Icon and word of a channel. @param {string} kind */
export function channelMark(kind) {
  return html`<span class="channel" data-channel=${kind}>${icon(kind)}<span>${channelName(kind)}</span></span>`;
}

/** The channels of a conversation as knots on one thread; with many, only the last keeps its word. @param {string[]} kinds */
export function strand(kinds) {
  const isLong = kinds.length > 3;
  return html`<span class="strand">
    ${kinds.map(
      (kind, index) => html`<span class="channel" data-channel=${kind}>
        ${icon(kind)}<span class=${isLong && index < kinds.length - 1 ? "sr-only" : ""}>${channelName(kind)}</span>
      </span>`,
    )}
  </span>`;
}

/** @param {string} moment */
export function time(moment) {
  return html`<time datetime=${moment} title=${fullTime(moment)}>${clockTime(moment)}</time>`;
}

/** A key as the help and the palette show it. @param {string | undefined} keys */
export function keyCaps(keys) {
  if (!keys) return nothing;
  const strokes = keys.split(" ").map((stroke) => stroke.split("+").map(cap));
  return html`<span class="keys">${strokes.map((caps) => html`${caps.map((text) => html`<kbd>${text}</kbd>`)}`)}</span>`;
}

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
/** @type {Record<string, string>} */
const CAPS = {
  mod: isApple ? "⌘" : "Ctrl",
  shift: isApple ? "⇧" : "Shift",
  Escape: "Esc",
  Enter: "↵",
};

/** @param {string} key */
function cap(key) {
  return CAPS[key] ?? key.toUpperCase();
}
