/** The rail: the mark, the views with their counts, the connection, and what belongs to the agent. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { addressOf } from "#inbox/addresses.js";
import { VIEW_NAMES } from "#inbox/views.js";
import { countWords, viewName } from "#inbox/words.js";
import { avatar } from "#inbox/elements/parts.js";
import { Panel } from "#inbox/elements/panel.js";

const ICONS = { mine: "mine", unassigned: "unassigned", all: "all", ai: "assistant", resolved: "resolved" };
/** Where a count calls for work; the others only tell. */
const CALLING = new Set(["mine", "unassigned"]);

class ViewRail extends Panel {
  render() {
    const { screen, state } = this.inbox;
    return html`
      <header class="rail-head">
        <a class="wordmark" href=${addressOf("mine")} aria-label="Onethread" @click=${(/** @type {Event} */ event) => this.#go(event, "mine")}>
          ${mark()}<span>Onethread</span>
        </a>
        <button class="button ghost square" type="button" title=${t("Commands and search")} aria-label=${t("Commands and search")} aria-keyshortcuts="Control+K Meta+K" @click=${() => this.inbox.show({ overlay: { name: "palette" } })}>
          ${icon("search")}
        </button>
      </header>
      <nav aria-label=${t("Views")}>
        <ul class="rail-views">
          ${VIEW_NAMES.map((view) => this.#view(view, screen.view === view, state.counts[view]))}
        </ul>
      </nav>
      <footer class="rail-foot">
        ${this.#connection()}
        ${settings(state.me.role === "admin" ? "/settings/" : "/accounts/own/")}
        <div class="rail-me">
          ${avatar(state.me.name)}
          <span class="rail-name">${state.me.name}</span>
          <button class="button ghost square" type="button" title=${t("Light or dark")} aria-label=${t("Light or dark")} @click=${() => this.inbox.show({ overlay: { name: "palette", step: "theme" } })}>
            ${icon("theme")}
          </button>
          <button class="button ghost square keys" type="button" title=${t("Keyboard shortcuts")} aria-label=${t("Keyboard shortcuts")} @click=${() => this.inbox.show({ overlay: { name: "help" } })}>
            ${icon("keyboard")}
          </button>
          <a class="button ghost square" href="/accounts/logout/" title=${t("Log out")} aria-label=${t("Log out")}>${icon("log-out")}</a>
        </div>
      </footer>
    `;
  }

  /** @param {import("#inbox/rows.js").ViewName} view @param {boolean} isHere @param {number} count */
  #view(view, isHere, count) {
    const shown = countWords(count);
    return html`<li>
      <a class="rail-view" href=${addressOf(view)} aria-current=${isHere ? "page" : nothing} @click=${(/** @type {Event} */ event) => this.#go(event, view)}>
        ${icon(ICONS[view])}<span class="rail-label">${viewName(view)}</span>
        ${count ? html`<span class="count number" ?data-calling=${CALLING.has(view)}>${shown}<span class="sr-only"> ${t("conversations")}</span></span>` : nothing}
      </a>
    </li>`;
  }

  #connection() {
    const { connection } = this.inbox.screen;
    return html`<p class="connection" role="status" data-state=${connection}>
      ${connection === "reconnecting" ? html`${icon("reload")}<span>${t("Reconnecting")}</span>` : nothing}
      ${connection === "offline" ? html`${icon("offline")}<span>${t("Offline. Writing is saved here.")}</span>` : nothing}
    </p>`;
  }

  /** @param {Event} event @param {import("#inbox/rows.js").ViewName} view */
  #go(event, view) {
    const { metaKey, ctrlKey, shiftKey } = /** @type {MouseEvent} */ (event);
    if (metaKey || ctrlKey || shiftKey) return;
    event.preventDefault();
    this.inbox.goToView(view);
  }
}

/** The way to channels, knowledge and the ledger; for agents to what is their own. @param {string} path */
function settings(path) {
  return html`<a class="rail-view" href=${path} title=${t("Settings")}>
    ${icon("settings")}<span class="rail-label">${t("Settings")}</span>
  </a>`;
}

/** The mark: one thread, drawn through a knot. */
function mark() {
  return html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M2 23c6 0 8-3.5 10-8s4-8 8-8a6 6 0 0 1 0 12c-4 0-6-3.500-8-8" />
    <path d="M16.500 19.500C18.500 22 22 23 30 23" />
  </svg>`;
}

customElements.define("view-rail", ViewRail);
