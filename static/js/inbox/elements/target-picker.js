/** "To Jo by SMS": which address of the customer, on which channel. Closed ways say why. */
import { html, LitElement, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { channelName, namelessWords } from "#inbox/words.js";
import { timeLeft } from "#moments.js";
import { isReachable } from "#inbox/reply-targets.js";

/** @typedef {import("#inbox/reply-targets.js").Target} Target */

class TargetPicker extends LitElement {
  static properties = {
    targets: { attribute: false },
    target: { attribute: false },
    name: { attribute: false },
    isOpen: { state: true },
  };

  constructor() {
    super();
    /** @type {Target[]} */
    this.targets = [];
    /** @type {Target | null} */
    this.target = null;
    this.name = "";
    this.isOpen = false;
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

  render() {
    const { target } = this;
    if (!target && !this.targets.some(isReachable))
      return html`<p class="note-promise">${t("No open way to this customer")}</p>`;
    return html`
      <button class="target" type="button" aria-haspopup="listbox" aria-expanded=${this.isOpen} @click=${this.#toggle} @keydown=${this.#keyOnButton}>
        ${target ? way(target, this.name) : html`<span>${t("Choose where the reply goes")}</span>`}${icon("chevron-down")}
      </button>
      ${this.isOpen ? this.#menu() : nothing}
    `;
  }

  #menu() {
    return html`<div class="menu target-menu" role="listbox" aria-label=${t("Where the reply goes")} @keydown=${this.#keyInMenu}>
      ${this.targets.map(
        (item) => html`<button
          class="menu-item"
          type="button"
          role="option"
          tabindex="-1"
          aria-selected=${item.key === this.target?.key}
          aria-disabled=${!isReachable(item)}
          @click=${() => this.#pick(item)}
        >
          <span class="channel" data-channel=${item.channel.kind}>${icon(item.channel.kind)}<span>${channelName(item.channel.kind)}</span></span>
          <span class="menu-words">${address(item)}<small>${item.doubt ? html`<span class="doubt">${item.doubt}</span> ` : nothing}${item.isOpen ? facts(item) : this.#why(item)}</small></span>
          ${item.key === this.target?.key ? icon("check") : nothing}
        </button>`,
      )}
    </div>`;
  }

  /** Of two channels of a kind it has to be said which one is meant. @param {Target} target */
  #why(target) {
    if (target.takesTemplate)
      return t("{channel}: {why}. Only by a template", {
        channel: target.channel.name,
        why: target.why.replace(/:.*/, ""),
      });
    const alike = this.targets.some(
      (one) => one.channel.kind === target.channel.kind && one.channel.id !== target.channel.id,
    );
    return alike ? t("{channel}: {why}", { channel: target.channel.name, why: target.why }) : target.why;
  }

  #toggle = () => {
    this.isOpen = !this.isOpen;
    if (this.isOpen)
      this.updateComplete.then(() =>
        this.#options()
          .find((option) => option.ariaSelected === "true")
          ?.focus(),
      );
  };

  /** @param {KeyboardEvent} event */
  #keyOnButton = (event) => {
    if (this.isOpen || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    this.#toggle();
  };

  /** @param {KeyboardEvent} event */
  #keyInMenu = (event) => {
    const options = this.#options();
    const at = options.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (to !== undefined) options.at(to % options.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") this.#close();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };

  /** @param {Target} target */
  #pick(target) {
    if (!isReachable(target)) return;
    this.dispatchEvent(new CustomEvent("pick", { detail: target.key }));
    this.#close();
  }

  #close() {
    this.isOpen = false;
    this.querySelector("button")?.focus();
  }

  /** @returns {HTMLElement[]} */
  #options() {
    return [...this.querySelectorAll(/** @type {"button"} */ ('[role="option"]'))];
  }
}

/** From which of our channels, and for how long. @param {Target} target */
function facts(target) {
  const from = t("from {channel}", { channel: target.channel.name });
  if (!target.closesAt) return from;
  return t("{from}, window open for {time}", { from, time: timeLeft(target.closesAt, Date.now()) });
}

/** @param {Target} target @param {string} name */
function way(target, name) {
  const channel = channelName(target.channel.kind);
  // Who gets a mail stands on a line of its own.
  const isListed = target.channel.has_recipients;
  const words = isListed ? t("By {channel}", { channel }) : t("To {name} by {channel}", { name, channel });
  const isSaid = isListed || target.identity.address === name;
  return html`<span class="channel" data-channel=${target.channel.kind}>${icon(target.channel.kind)}<span>${words}</span></span> ${isSaid ? nothing : address(target)}`;
}

/** A visitor's address means nothing to people. @param {Target} target */
function address(target) {
  return namelessWords(target.identity.kind)
    ? nothing
    : html`<span class="address" dir="ltr">${target.identity.address}</span>`;
}

customElements.define("target-picker", TargetPicker);
