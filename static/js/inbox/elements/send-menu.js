/** Send later: a few good times, any other, and what to do if the customer writes before. */
import { html, LitElement, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { fieldValue, offers, warning, when } from "#inbox/send-later.js";

/** @typedef {import("#inbox/reply-targets.js").Target} Target */

const MINUTE = 60_000;

class SendMenu extends LitElement {
  static properties = {
    label: { attribute: false },
    target: { attribute: false },
    name: { attribute: false },
    isTemplate: { attribute: false },
    isAnyway: { attribute: false },
    isDisabled: { attribute: false },
    wasAt: { attribute: false },
    isOpen: { state: true },
    typed: { state: true },
    anyway: { state: true },
  };

  constructor() {
    super();
    /** Words on the button; empty: a small one beside another. */
    this.label = "";
    /** @type {Target | null} */
    this.target = null;
    this.name = "";
    this.isTemplate = false;
    /** What the box says at first; undefined: as the desk has it. @type {boolean | undefined} */
    this.isAnyway = undefined;
    this.isDisabled = false;
    /** @type {string | null} the time it had before */
    this.wasAt = null;
    this.isOpen = false;
    this.typed = "";
    this.anyway = false;
    this.onOutside = (/** @type {Event} */ event) => {
      if (!this.contains(/** @type {Node} */ (event.target))) this.isOpen = false;
    };
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.onOutside);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.onOutside);
  }

  /** Open it, for those who come by the palette. */
  open() {
    if (this.isDisabled) return;
    this.isOpen = true;
    this.typed = "";
    this.anyway = this.isAnyway ?? this.target?.channel.sends_anyway ?? false;
    this.updateComplete.then(() => {
      this.querySelector(".send-later")?.scrollIntoView({ block: "nearest" });
      this.#items()[0]?.focus({ preventScroll: true });
    });
  }

  render() {
    const words = t("Send later");
    const button = this.label
      ? html`<button class="plain-link" type="button" aria-haspopup="dialog" aria-expanded=${this.isOpen} @click=${this.#toggle}>${this.label}</button>`
      : html`<button class="button square" type="button" aria-haspopup="dialog" aria-expanded=${this.isOpen} aria-label=${words} title=${words} ?disabled=${this.isDisabled} @click=${this.#toggle} @keydown=${this.#keyOnButton}>${icon("calendar")}</button>`;
    return html`${button}${this.isOpen ? this.#menu() : nothing}`;
  }

  #menu() {
    const now = Date.now();
    return html`<div class="menu send-later" role="dialog" aria-label=${t("Send later")} @keydown=${this.#key}>
      ${offers(now, this.wasAt).map(
        (offer) => html`<button class="menu-item" type="button" data-item @click=${() => this.#pick(offer.at)}>
          <span class="menu-words">${offer.title}<small>${when(offer.at, now)}</small>${this.#warned(offer.at)}</span>
        </button>`,
      )}
      <div class="send-at">
        <label for="send-at">${t("Another time")}</label>
        <input id="send-at" type="datetime-local" .value=${this.typed} min=${fieldValue(new Date(now + MINUTE))} @input=${(/** @type {Event} */ event) => (this.typed = /** @type {HTMLInputElement} */ (event.target).value)} />
        <button class="button" type="button" ?disabled=${!this.#chosen(now)} @click=${this.#pickTyped}>${t("Schedule")}</button>
        <span role="status">${this.#said(now)}</span>
      </div>
      <label class="send-anyway"><input type="checkbox" .checked=${this.anyway} @change=${(/** @type {Event} */ event) => (this.anyway = /** @type {HTMLInputElement} */ (event.target).checked)} />${t("Send even if {name} writes first", { name: this.name })}</label>
    </div>`;
  }

  /** @param {Date} at */
  #warned(at) {
    const words = this.target ? warning(at, this.target, { isTemplate: this.isTemplate }) : "";
    return words ? html`<small class="send-warning">${icon("alert")}${words}</small>` : nothing;
  }

  /** @param {number} now */
  #said(now) {
    const at = this.#chosen(now);
    if (at) return this.#warned(at);
    return this.typed
      ? html`<small class="send-warning">${icon("alert")}${t("This time is over already.")}</small>`
      : nothing;
  }

  /** The time in the field, if it is still to come. @param {number} now */
  #chosen(now) {
    const at = new Date(this.typed);
    return this.typed && at.getTime() > now ? at : null;
  }

  #pickTyped = () => {
    const at = this.#chosen(Date.now());
    if (at) this.#pick(at);
  };

  /** @param {Date} at */
  #pick(at) {
    const { anyway } = this;
    this.#close();
    this.dispatchEvent(new CustomEvent("schedule", { detail: { at, anyway } }));
  }

  #toggle = () => {
    if (this.isOpen) this.#close();
    else this.open();
  };

  /** @param {KeyboardEvent} event */
  #keyOnButton = (event) => {
    if (this.isOpen || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    this.open();
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const items = this.#items();
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const isTime = document.activeElement?.id === "send-at";
    if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && isTime) this.#pickTyped();
    else if (at >= 0 && event.key === "ArrowDown") items.at((at + 1) % items.length)?.focus();
    else if (at >= 0 && event.key === "ArrowUp") items.at(at - 1)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #close() {
    this.isOpen = false;
    this.querySelector("button")?.focus();
  }

  /** @returns {HTMLElement[]} */
  #items() {
    return [...this.querySelectorAll(/** @type {"button"} */ ("[data-item]"))];
  }
}

customElements.define("send-menu", SendMenu);
