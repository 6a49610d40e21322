/** Who she is: her name, number and mail address, and being somebody else. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { avatar } from "#inbox/elements/parts.js";
import { TourElement } from "#demo/element.js";

class TourPerson extends TourElement {
  constructor() {
    super();
    this.copied = "";
  }

  render() {
    const { person, settings } = this.tour;
    if (!person) return nothing;
    return html`
      <div class="person">
        ${avatar(person.name, { isCustomer: true })}
        <p class="person-name"><span class="sr-only">You are </span>${person.name}</p>
        ${this.#address("number", person.phone)}${this.#address("mail address", person.email)}
      </div>
      <button class="button ghost others" type="button" aria-haspopup="dialog" @click=${() => this.#dialog.showModal()}>${icon("people")}<span>Be somebody else</span></button>
      <dialog class="others-list" aria-label="Be somebody else" @click=${this.#clicked}>
          <button type="button" @click=${() => this.#become("")}>${icon("plus")}<span>Somebody new<small>The shop has never heard of her</small></span></button>
          ${settings.presets.map((one) => html`<button type="button" @click=${() => this.#become(one.key)}>${avatar(one.name, { isCustomer: true })}<span>${one.name}<small>Has written before</small></span></button>`)}
      </dialog>
    `;
  }

  /** @param {string} what @param {string} address */
  #address(what, address) {
    const isCopied = this.copied === address;
    return html`<button class="address" type="button" title="Copy" @click=${() => this.#copy(address)}>
      <span class="sr-only">Copy your ${what}: </span><span>${address}</span>${icon(isCopied ? "check" : "copy")}
    </button>`;
  }

  /** @param {string} address */
  async #copy(address) {
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      return; // It can still be selected and copied by hand.
    }
    this.copied = address;
    this.requestUpdate();
    setTimeout(() => {
      this.copied = "";
      this.requestUpdate();
    }, 1_500);
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
  }

  /** @param {string} key */
  #become(key) {
    this.#dialog.close();
    this.tour.become(key);
  }

  /** A click beside it closes it. @param {MouseEvent} event */
  #clicked(event) {
    if (event.target === event.currentTarget) this.#dialog.close();
  }
}

customElements.define("tour-person", TourPerson);
