/** The palette: what can be done here, and who and what can be gone to. A command with choices asks in a next step. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { perform, validCommands } from "#inbox/commands.js";
import { best } from "#inbox/fuzzy.js";
import { keyCaps } from "#inbox/elements/parts.js";
import { Panel } from "#inbox/elements/panel.js";

const MAX_SHOWN = 60;

/** @typedef {{id: string, title: string, hint?: string, icon?: string, group?: string, keys?: string, text?: string,
 *   isStep?: boolean, run: () => void}} Item */

class CommandPalette extends Panel {
  static properties = { step: { attribute: false }, query: { state: true }, active: { state: true } };

  constructor() {
    super();
    /** @type {string} id of the command whose choices are shown */
    this.step = "";
    this.query = "";
    this.active = 0;
    /** Did the palette open at this step? Then Backspace closes instead of going up. */
    this.openedAt = "";
  }

  firstUpdated() {
    this.openedAt = this.step;
    this.returnTo = document.activeElement;
    this.querySelector("dialog")?.showModal();
  }

  render() {
    const items = best(this.query, this.#items(), (item) => item.text ?? item.title).slice(0, MAX_SHOWN);
    const active = items[Math.min(this.active, items.length - 1)];
    const asked = this.step ? validCommands(this.inbox).find((item) => item.id === this.step) : null;
    return html`<dialog class="palette" aria-label=${asked?.title ?? t("Commands and search")} @close=${this.#closed} @click=${this.#outside}>
      <div class="palette-box">
        <div class="palette-search">
          ${icon(asked?.icon ?? "search")}
          ${asked ? html`<span class="palette-step">${asked.title}</span>` : nothing}
          <input
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-items"
            aria-autocomplete="list"
            aria-activedescendant=${active ? `palette-${active.id}` : nothing}
            aria-label=${asked?.title ?? t("Search commands and conversations")}
            placeholder=${asked ? t("Type to filter") : t("What do you want to do?")}
            autocomplete="off"
            spellcheck="false"
            autofocus
            .value=${this.query}
            @input=${this.#typed}
            @keydown=${(/** @type {KeyboardEvent} */ event) => this.#key(event, items)}
          />
          <kbd>Esc</kbd>
        </div>
        <div class="palette-items" id="palette-items" role="listbox" aria-label=${t("Results")}>
          ${items.map((item, index) => this.#item(item, item === active, !this.query && item.group !== items[index - 1]?.group))}
        </div>
        ${items.length ? nothing : html`<p class="palette-none">${t("Nothing found.")}</p>`}
      </div>
    </dialog>`;
  }

  /** @param {Item} item @param {boolean} isActive @param {boolean} opensGroup */
  #item(item, isActive, opensGroup) {
    return html`${opensGroup && item.group ? html`<div class="palette-group" role="presentation">${item.group}</div>` : nothing}
      <div class="palette-item" role="option" id=${`palette-${item.id}`} aria-selected=${isActive} @click=${() => this.#run(item)}>
        ${icon(item.icon ?? "chevron-right")}<span class="palette-title" dir="auto">${item.title}</span>
        ${item.hint ? html`<span class="palette-hint">${item.hint}</span>` : nothing}${keyCaps(item.keys)}
      </div>`;
  }

  /** @returns {Item[]} */
  #items() {
    const valid = validCommands(this.inbox);
    const asked = valid.find((item) => item.id === this.step);
    if (asked?.choices) return asked.choices(this.inbox);
    return [...this.#commands(valid), ...(this.query ? this.#choices(valid) : []), ...this.#conversations()];
  }

  /** @param {import("#inbox/commands.js").Command[]} valid @returns {Item[]} */
  #commands(valid) {
    return valid
      .filter((item) => !item.isHidden)
      .map((item) => ({
        id: item.id,
        title: item.title,
        icon: item.icon,
        group: item.group,
        keys: item.keys[0],
        isStep: !!item.choices,
        run: () => perform(item, this.inbox),
      }));
  }

  /** "assign gra" finds the person at once. @param {import("#inbox/commands.js").Command[]} valid @returns {Item[]} */
  #choices(valid) {
    return valid.flatMap((item) =>
      (item.choices?.(this.inbox) ?? []).map((choice) => ({
        ...choice,
        id: `${item.id}-${choice.id}`,
        hint: item.title,
        text: `${item.title} ${choice.title}`,
      })),
    );
  }

  /** @returns {Item[]} */
  #conversations() {
    const rows = this.query ? [...this.inbox.state.objects.conversation.values()] : this.inbox.list.slice(0, 5);
    return rows.map((row) => ({
      id: `conversation-${row.id}`,
      title: row.subject ? `${row.customer.name}: ${row.subject}` : row.customer.name,
      text: `${row.customer.name} ${row.subject} ${row.number}`,
      hint: `#${row.number}`,
      icon: row.channel_kinds.at(-1),
      group: t("Conversations"),
      run: () => this.inbox.open(row.id),
    }));
  }

  /** @param {InputEvent} event */
  #typed = (event) => {
    this.query = /** @type {HTMLInputElement} */ (event.target).value;
    this.active = 0;
  };

  /** @param {KeyboardEvent} event @param {Item[]} items */
  #key(event, items) {
    const last = items.length - 1;
    if (event.key === "ArrowDown") this.#move(this.active >= last ? 0 : this.active + 1);
    else if (event.key === "ArrowUp") this.#move(this.active <= 0 ? last : this.active - 1);
    else if (event.key === "Enter" && items[this.active]) this.#run(items[this.active]);
    else if (event.key === "Backspace" && !this.query && this.step) this.#up();
    else return;
    event.preventDefault();
  }

  /** @param {number} to */
  #move(to) {
    this.active = Math.max(0, to);
    this.updateComplete.then(() => this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }));
  }

  #up() {
    if (this.step === this.openedAt) return this.#close();
    this.inbox.show({ overlay: { name: "palette" } });
    this.active = 0;
  }

  /** @param {Item} item */
  #run(item) {
    this.query = "";
    this.active = 0;
    if (!item.isStep) this.#close();
    item.run();
  }

  /** A click on the backdrop is a click on the dialog itself. @param {Event} event */
  #outside = (event) => {
    if (event.target === event.currentTarget) this.#close();
  };

  #close() {
    this.querySelector("dialog")?.close();
  }

  #closed = () => {
    if (this.inbox.screen.overlay?.name === "palette") this.inbox.show({ overlay: null });
  };
}

customElements.define("command-palette", CommandPalette);
