/** Symbols of the sprite, for Lit templates. The page says where the sprite is. */
import { html } from "lit";

const sprite = document.querySelector('meta[name="icon-sprite"]')?.getAttribute("content") ?? "/static/icons.svg";

/** @param {string} name */
export function icon(name) {
  return html`<svg class="icon" aria-hidden="true"><use href="${sprite}#${name}"></use></svg>`;
}
