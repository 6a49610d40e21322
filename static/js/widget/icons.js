/** The few drawings the widget needs, on a 24 grid, in the colour of the text around them. */
import { html, svg } from "./element.js";

/** @param {unknown} shapes */
const icon = (shapes) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${shapes}</svg>`;

export const icons = {
  alert: icon(svg`<circle cx="12" cy="12" r="9" /><path d="M12 7.5v5.5M12 16.5v.01" />`),
  check: icon(svg`<path d="m5 12.5 4.5 4.5L19 7.5" />`),
  close: icon(svg`<path d="m6 9 6 6 6-6" />`),
  down: icon(svg`<path d="M12 5v14m-6-6 6 6 6-6" />`),
  file: icon(svg`<path d="M13 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9zv6h6" />`),
  out: icon(svg`<path d="M8 16 17 7m-7 0h7v7" />`),
  person: icon(svg`<circle cx="12" cy="8" r="4" /><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0" />`),
  send: icon(svg`<path d="M12 19V5m-6 6 6-6 6 6" />`),
  shield: icon(svg`<path d="M12 3 5 6v5.5c0 4.4 2.9 7.9 7 9.5 4.1-1.6 7-5.1 7-9.5V6zm-3 9 2.2 2.2L15.5 10" />`),
  spark: icon(
    svg`<path d="M12 3.5c.9 5 3.5 7.6 8.5 8.5-5 .9-7.6 3.5-8.5 8.5-.9-5-3.5-7.6-8.5-8.5 5-.9 7.6-3.5 8.5-8.5z" />`,
  ),
};
