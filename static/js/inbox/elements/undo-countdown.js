/** "Leaves in 6 s · Undo": what is left of the time in which a message can be taken back. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { left } from "#inbox/waiting.js";
import { keyCaps } from "#inbox/elements/parts.js";
import { Panel } from "#inbox/elements/panel.js";

const EVERY_MS = 250;

class UndoCountdown extends Panel {
  static properties = { row: { attribute: false } };

  constructor() {
    super();
    /** @type {import("#inbox/rows.js").Message} */
    this.row = /** @type {any} */ (null);
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.clock = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.clock = setInterval(() => this.requestUpdate(), EVERY_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  render() {
    const ms = this.#left();
    if (ms <= 0) return html`${icon("clock")}<span>${t("Leaving")}</span>`;
    const isOwn = this.row.author.id === this.inbox.state.me.id;
    return html`${icon("clock")}<span class="number">${t("Leaves in {n} s", { n: Math.ceil(ms / 1000) })}</span>
      <button class="plain-link" type="button" aria-keyshortcuts=${isOwn ? "Control+Z Meta+Z" : nothing} @click=${() => this.inbox.sending.takeBack(this.row)}>${t("Undo")}</button>${isOwn ? keyCaps("mod+z") : nothing}
      <span class="undo-bar" aria-hidden="true"><i></i></span>`;
  }

  updated() {
    const bar = /** @type {HTMLElement | null} */ (this.querySelector(".undo-bar i"));
    const whole = Date.parse(this.row.held_until ?? "") - Date.parse(this.row.created_at);
    if (bar) bar.style.transform = `scaleX(${Math.min(1, this.#left() / whole).toFixed(3)})`;
  }

  #left() {
    return left(this.row, Date.now(), this.inbox.sending.since(this.row));
  }
}

customElements.define("undo-countdown", UndoCountdown);
