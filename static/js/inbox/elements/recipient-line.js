/** "To Jo, Cc Kim": who gets the mail. A click opens the three fields, with a chip for each address. */
import { html, LitElement, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { added, areEqual, called, FIELDS, inWords, label, readAll, removed } from "#inbox/recipients.js";

/** @typedef {import("#inbox/recipients.js").Recipients} Recipients */
/** @typedef {import("#inbox/recipients.js").Field} Field */
/** @typedef {import("#inbox/recipients.js").Person} Person */

class RecipientLine extends LitElement {
  static properties = {
    recipients: { attribute: false },
    one: { attribute: false },
    all: { attribute: false },
    isOpen: { state: true },
    wrong: { state: true },
  };

  constructor() {
    super();
    /** @type {Recipients} */
    this.recipients = { to: [], cc: [], bcc: [] };
    /** The writer alone. @type {Recipients} */
    this.one = this.recipients;
    /** Everybody who takes part and was on the mail. @type {Recipients} */
    this.all = this.recipients;
    this.isOpen = false;
    /** Which field holds what is no address. @type {Partial<Record<Field, string>>} */
    this.wrong = {};
  }

  createRenderRoot() {
    return this;
  }

  /** Whether everything typed here is an address, and somebody gets the mail; else it opens and says what is wrong. */
  check() {
    for (const field of FIELDS) this.#take(field);
    const isFine = this.recipients.to.length > 0 && !Object.values(this.wrong).some(Boolean);
    if (isFine) return true;
    if (!this.recipients.to.length && !this.wrong.to)
      this.wrong = { ...this.wrong, to: t("Somebody has to stand in To.") };
    this.isOpen = true;
    const field = FIELDS.find((one) => this.wrong[one]) ?? "to";
    this.updateComplete.then(() => this.#input(field)?.focus());
    return false;
  }

  render() {
    return html`<div class="recipients" role="group" aria-label=${t("Recipients")} @keydown=${this.#key}>
      <div class="recipients-head">
        <button class="recipients-line" type="button" aria-expanded=${this.isOpen} @click=${this.#toggle}>
          <span dir="auto">${inWords(this.recipients) || t("Nobody yet")}</span>${icon("chevron-down")}
        </button>
        ${this.#switch()}
      </div>
      ${this.isOpen ? FIELDS.map((field) => this.#field(field)) : nothing}
    </div>`;
  }

  /** Reply or reply to all, where that makes a difference. */
  #switch() {
    if (areEqual(this.one, this.all)) return nothing;
    const isAll = areEqual(this.recipients, this.all);
    const isOne = areEqual(this.recipients, this.one);
    return html`<div class="modes" role="group" aria-label=${t("Who gets the reply")}>
      <button class="mode" type="button" aria-pressed=${isOne} @click=${() => this.#change(this.one)}>${t("Only {name}", { name: called(this.one.to[0]) })}</button>
      <button class="mode" type="button" aria-pressed=${isAll} @click=${() => this.#change(this.all)}>${icon("people")}${t("Everybody")}</button>
    </div>`;
  }

  /** @param {Field} field */
  #field(field) {
    const id = `recipients-${field}`;
    const wrong = this.wrong[field];
    return html`<div class="recipients-field">
      <label for=${id}>${label(field)}</label>
      <div class="chips">
        ${this.recipients[field].map((person) => this.#chip(field, person))}
        <input
          id=${id}
          type="text"
          inputmode="email"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          data-field=${field}
          aria-invalid=${wrong ? "true" : nothing}
          aria-describedby=${wrong ? `${id}-wrong` : nothing}
          @input=${() => (this.wrong = { ...this.wrong, [field]: "" })}
          @blur=${() => this.#take(field)}
        />
      </div>
      ${wrong ? html`<p class="recipients-wrong" id=${`${id}-wrong`} role="alert">${icon("alert")}${wrong}</p>` : nothing}
    </div>`;
  }

  /** @param {Field} field @param {Person} person */
  #chip(field, person) {
    const words = t("Remove {name} from {field}", { name: called(person), field: label(field) });
    return html`<span class="chip" title=${person.address}><span dir="auto">${called(person)}</span>
      <button type="button" aria-label=${words} @click=${() => this.#remove(field, person)}>${icon("close")}</button>
    </span>`;
  }

  #toggle = () => {
    this.isOpen = !this.isOpen;
    if (this.isOpen) this.updateComplete.then(() => this.#input("cc")?.focus());
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const field = /** @type {Field | undefined} */ (input.dataset?.field);
    if (event.key === "Escape" && this.isOpen) this.#close();
    else if (!field || event.isComposing || event.ctrlKey || event.metaKey) return;
    else if (event.key === "Enter" || event.key === "," || event.key === ";") this.#take(field);
    else if (event.key === "Backspace" && !input.value && this.recipients[field].length) {
      this.#remove(field, /** @type {Person} */ (this.recipients[field].at(-1)));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #close() {
    for (const field of FIELDS) this.#take(field);
    if (Object.values(this.wrong).some(Boolean)) return;
    this.isOpen = false;
    this.updateComplete.then(() => this.querySelector("button")?.focus());
  }

  /** What was typed becomes chips; what is no address stays, and is said to be none. @param {Field} field */
  #take(field) {
    const input = this.#input(field);
    if (!input?.value.trim()) return;
    const { people, rest } = readAll(input.value);
    input.value = rest;
    this.wrong = { ...this.wrong, [field]: rest ? t("“{text}” is no mail address.", { text: rest }) : "" };
    if (people.length) this.#change(added(this.recipients, field, people));
  }

  /** @param {Field} field @param {Person} person */
  #remove(field, person) {
    this.#change(removed(this.recipients, person.address));
    this.updateComplete.then(() => this.#input(field)?.focus());
  }

  /** @param {Recipients} recipients */
  #change(recipients) {
    this.recipients = recipients;
    if (recipients.to.length) this.wrong = { ...this.wrong, to: this.#input("to")?.value ? this.wrong.to : "" };
    this.dispatchEvent(new CustomEvent("change-recipients", { detail: recipients }));
  }

  /** @param {Field} field @returns {HTMLInputElement | null} */
  #input(field) {
    return this.querySelector(`#recipients-${field}`);
  }
}

customElements.define("recipient-line", RecipientLine);
