/** Every key, from the registry of commands, and the switch that turns single keys off. */
import { html } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { commands } from "#inbox/commands.js";
import { keyCaps } from "#inbox/elements/parts.js";
import { Panel } from "#inbox/elements/panel.js";

class ShortcutHelp extends Panel {
  firstUpdated() {
    this.querySelector("dialog")?.showModal();
  }

  render() {
    /** @type {Map<string, {title: string, keys: string[]}[]>} */
    const groups = Map.groupBy(
      commands().filter((item) => item.keys.length),
      (item) => item.group,
    );
    groups.set(t("Writing"), [
      { title: t("Send"), keys: ["mod+Enter"] },
      { title: t("Send and resolve"), keys: ["mod+shift+Enter"] },
    ]);
    return html`<dialog class="help" aria-labelledby="help-title" @close=${() => this.inbox.show({ overlay: null })} @click=${this.#outside}>
      <div class="help-box">
        <header class="help-head">
          <h2 id="help-title">${t("Keyboard shortcuts")}</h2>
          <button class="button ghost square" type="button" aria-label=${t("Close")} @click=${this.#close}>${icon("close")}</button>
        </header>
        <div class="help-groups">${[...groups].map(([name, items]) => this.#group(name, items))}</div>
        <label class="switch">
          <input type="checkbox" role="switch" .checked=${this.inbox.state.me.single_keys} @change=${this.#toggle} />
          <span>${t("Single-key shortcuts")}</span>
          <small>${t("They only act outside fields. Those with Ctrl or ⌘ always remain.")}</small>
        </label>
      </div>
    </dialog>`;
  }

  /** @param {string} name @param {any[]} items */
  #group(name, items) {
    return html`<section><h3>${name}</h3>
      <dl>${items.map((item) => html`<div><dt>${item.title}</dt><dd>${item.keys.map(keyCaps)}</dd></div>`)}</dl>
    </section>`;
  }

  /** @param {Event} event */
  #toggle = (event) => {
    this.inbox.prefer({ single_keys: /** @type {HTMLInputElement} */ (event.target).checked });
  };

  /** @param {Event} event */
  #outside = (event) => {
    if (event.target === event.currentTarget) this.#close();
  };

  #close = () => this.querySelector("dialog")?.close();
}

customElements.define("shortcut-help", ShortcutHelp);
