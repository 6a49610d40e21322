/**
 * Choosing a template and filling it in, with the words the customer will read. Stands where the composer's field
 * does; `take()` gives what is to be sent, or shows what is missing.
 */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { costWords } from "#inbox/costs.js";
import { known, label, matching, pieces, plainText, put, wrongs } from "#inbox/template-text.js";
import { Panel } from "#inbox/elements/panel.js";

/** @typedef {import("#inbox/rows.js").Template} Template */

const CATEGORIES = { utility: () => t("utility"), marketing: () => t("marketing"), authentication: () => t("codes") };
const STATES = {
  pending: () => t("waiting for approval"),
  rejected: () => t("rejected"),
  paused: () => t("paused"),
  disabled: () => t("disabled"),
  unsubmitted: () => t("not submitted"),
};

class TemplatePanel extends Panel {
  static properties = {
    conversation: { attribute: false },
    channel: { attribute: false },
    prices: { attribute: false },
    wanted: { state: true },
    active: { state: true },
    chosen: { state: true },
    values: { state: true },
    isChecked: { state: true },
  };

  constructor() {
    super();
    /** @type {import("#inbox/rows.js").Conversation} */
    this.conversation = /** @type {any} */ (null);
    /** @type {import("#inbox/rows.js").Channel} */
    this.channel = /** @type {any} */ (null);
    /** What a template costs there, by its category. @type {Record<string, import("#inbox/costs.js").Price> | undefined} */
    this.prices = undefined;
    this.wanted = "";
    this.active = 0;
    this.chosen = 0;
    /** @type {Record<string, string>} */
    this.values = {};
    /** Whether what is missing is marked: from the first wish to send on. */
    this.isChecked = false;
    this.draftOf = "";
    this.wantsFocus = false;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const key = `${this.conversation.id}:${this.channel.id}`;
    if (key === this.draftOf) return;
    this.draftOf = key;
    Object.assign(this, { wanted: "", active: 0, chosen: 0, values: {}, isChecked: false });
    this.restore();
  }

  /** What was filled in before, on this computer. */
  async restore() {
    const { draftOf } = this;
    const text = await this.inbox.drafts.read(this.conversation.id, "template").catch(() => "");
    if (!text || this.draftOf !== draftOf) return;
    const draft = JSON.parse(text);
    if (draft.channel !== this.channel.id) return;
    this.chosen = draft.id;
    this.values = draft.values;
  }

  get #list() {
    return this.inbox.templates.of(this.channel.id);
  }

  /** @returns {Template | null} */
  get template() {
    return this.#list.rows?.find((row) => row.id === this.chosen && row.is_usable) ?? null;
  }

  get #found() {
    return matching(this.#list.rows ?? [], this.wanted);
  }

  /** What is to be sent, with the text it makes; null after showing what is missing. */
  take() {
    const { template } = this;
    if (!template) return null;
    this.isChecked = true;
    const first = Object.keys(wrongs(template, this.values))[0];
    if (first !== undefined) {
      this.updateComplete.then(() => this.#input(first)?.focus());
      return null;
    }
    const variables = Object.fromEntries(template.variables.map(({ key }) => [key, this.values[key].trim()]));
    return { template: { id: template.id, variables }, text: plainText(template, variables) };
  }

  clear() {
    Object.assign(this, { chosen: 0, values: {}, wanted: "", active: 0, isChecked: false });
    this.inbox.drafts.write(this.conversation.id, "template", "");
    this.#tell();
  }

  /** @param {number} id @param {Record<string, string>} values */
  fill(id, values) {
    this.chosen = id;
    this.values = { ...values };
    this.#keep();
  }

  /** Into the first field, or as soon as there is one: the list may still be on its way. */
  focus() {
    this.wantsFocus = true;
    this.requestUpdate();
  }

  updated() {
    const field = this.wantsFocus && this.querySelector("input");
    if (!field) return;
    this.wantsFocus = false;
    field.focus();
  }

  render() {
    const { rows, error } = this.#list;
    const { template } = this;
    if (template) return this.#form(template);
    if (!rows && error)
      return html`<p class="template-note" role="alert">${icon("alert")}<span>${t("The templates could not be loaded. {why}", { why: error })}</span> <button class="plain-link" type="button" @click=${() => this.inbox.templates.again(this.channel.id)}>${t("Try again")}</button></p>`;
    if (!rows) return html`<p class="template-note" role="status">${t("Loading the templates…")}</p>`;
    if (!rows.length)
      return html`<p class="template-note">${icon("info")}<span>${t("{channel} has no templates yet. An admin can ask the provider for them on the channel's page.", { channel: this.channel.name })}</span></p>`;
    return this.#choice();
  }

  #choice() {
    const found = this.#found;
    const active = found[Math.min(this.active, found.length - 1)];
    return html`<div class="template-search">
        ${icon("search")}
        <input
          type="search"
          role="combobox"
          autocomplete="off"
          spellcheck="false"
          aria-label=${t("Find a template")}
          aria-autocomplete="list"
          aria-expanded=${found.length > 0}
          aria-controls=${found.length ? "template-options" : nothing}
          aria-activedescendant=${active ? optionId(active) : nothing}
          placeholder=${t("Find a template…")}
          .value=${this.wanted}
          @input=${(/** @type {any} */ event) => this.#look(event.target.value)}
          @keydown=${this.#key}
        />
      </div>
      ${
        found.length
          ? html`<ul class="template-options" id="template-options" role="listbox" aria-label=${t("Templates")} tabindex="-1">
              ${found.map((row) => this.#option(row, row === active))}
            </ul>`
          : html`<p class="template-note" role="status">${t("No template has these words.")}</p>`
      }`;
  }

  /** @param {Template} row @param {boolean} isActive */
  #option(row, isActive) {
    return html`<li
      class="template-option"
      id=${optionId(row)}
      role="option"
      aria-selected=${isActive}
      aria-disabled=${!row.is_usable}
      @click=${() => this.#choose(row)}
    >
      <span class="template-name"><b dir="auto">${row.name}</b>${facts(row, this.prices)}</span>
      <span class="template-words" dir="auto">${[row.header, row.body].filter(Boolean).join(" · ")}</span>
      ${row.is_usable ? nothing : html`<small>${row.why_not}</small>`}
    </li>`;
  }

  /** @param {Template} template */
  #form(template) {
    const wrong = this.isChecked ? wrongs(template, this.values) : {};
    return html`<div class="template-head">
        <span class="template-name"><b dir="auto">${template.name}</b>${facts(template, this.prices)}</span>
        <button class="plain-link" type="button" @click=${this.#back}>${t("Another template")}</button>
      </div>
      ${template.variables.length ? html`<div class="template-fields">${template.variables.map((one) => this.#field(one, template, wrong[one.key]))}</div>` : nothing}
      <div class="template-preview" role="group" aria-label=${t("What {name} will read", { name: this.conversation.customer.name })}>
        ${template.header ? html`<p class="template-header" dir="auto">${this.#shown(template.header)}</p>` : nothing}
        <p dir="auto">${this.#shown(template.body)}</p>
        ${template.footer ? html`<p class="template-footer" dir="auto">${template.footer}</p>` : nothing}
        ${template.buttons.length ? html`<ul class="template-buttons">${template.buttons.map((one) => this.#button(one))}</ul>` : nothing}
      </div>`;
  }

  /** @param {import("#inbox/rows.js").TemplateVariable} variable @param {Template} template @param {string} [wrong] */
  #field(variable, template, wrong) {
    const id = `template-${variable.key.replace(/\W/g, "-")}`;
    return html`<div class="template-field" ?data-wrong=${Boolean(wrong)}>
      <label for=${id}>${label(variable, template)}</label>
      <input
        id=${id}
        data-key=${variable.key}
        type="text"
        dir="auto"
        autocomplete="off"
        maxlength="1024"
        placeholder=${variable.example ? t("such as {example}", { example: variable.example }) : nothing}
        .value=${this.values[variable.key] ?? ""}
        aria-invalid=${wrong ? "true" : nothing}
        aria-describedby=${wrong ? `${id}-wrong` : nothing}
        @input=${(/** @type {any} */ event) => this.#write(variable.key, event.target.value)}
      />
      ${wrong ? html`<small id=${`${id}-wrong`}>${icon("alert")}${wrong}</small>` : nothing}
    </div>`;
  }

  /** The text with its values marked, and holes where there is none yet. @param {string} text */
  #shown(text) {
    return pieces(text).map(({ text: words, key }) => {
      if (!key) return words;
      const value = this.values[key]?.trim();
      return value ? html`<b>${value}</b>` : html`<mark>${`{{${key.split(".").at(-1)}}}`}</mark>`;
    });
  }

  /** @param {{kind: string, text: string, target: string}} one */
  #button(one) {
    const target = put(one.target, this.values);
    return html`<li><span>${one.text}</span>${target ? html`<small dir="ltr">${target}</small>` : nothing}</li>`;
  }

  /** @param {string} wanted */
  #look(wanted) {
    this.wanted = wanted;
    this.active = 0;
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const count = this.#found.length;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && count) {
      this.active = (Math.min(this.active, count - 1) + by + count) % count;
      this.updateComplete.then(() =>
        this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }),
      );
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      const row = this.#found[Math.min(this.active, count - 1)];
      if (row) this.#choose(row);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** @param {Template} row */
  #choose(row) {
    if (!row.is_usable) return;
    this.isChecked = false;
    const customer = this.inbox.state.objects.customer.get(this.conversation.customer.id);
    this.fill(row.id, known(row, customer));
    this.updateComplete.then(() => {
      const empty = row.variables.find(({ key }) => !this.values[key]);
      const first = empty && this.#input(empty.key);
      const change = /** @type {HTMLElement | null} */ (this.querySelector(".template-head button"));
      (first ?? change)?.focus();
    });
  }

  #back = () => {
    this.clear();
    this.updateComplete.then(() => this.focus());
  };

  /** @param {string} key @param {string} value */
  #write(key, value) {
    this.values = { ...this.values, [key]: value };
    this.#keep();
  }

  #keep() {
    const draft = { channel: this.channel.id, id: this.chosen, values: this.values };
    this.inbox.drafts.write(this.conversation.id, "template", JSON.stringify(draft));
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("filled"));
  }

  /** @param {string} key @returns {HTMLElement | null} */
  #input(key) {
    return this.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }
}

/** @param {Template} row */
const optionId = (row) => `template-option-${row.id}`;

/**
 * Language, what it is for, what it costs, and its state where that is not "approved".
 * @param {Template} row @param {Record<string, import("#inbox/costs.js").Price> | undefined} prices
 */
function facts(row, prices) {
  const category = CATEGORIES[/** @type {keyof typeof CATEGORIES} */ (row.category)]?.() ?? row.category;
  const state = STATES[/** @type {keyof typeof STATES} */ (row.state)]?.();
  return html`<small>${[row.language, category, costWords(prices, 1, row.category)].filter(Boolean).join(" · ")}</small>${row.is_usable ? nothing : html`<span class="badge" data-tone="warn">${icon("ban")}${state ?? t("not from here")}</span>`}`;
}

customElements.define("template-panel", TemplatePanel);
