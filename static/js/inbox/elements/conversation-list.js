/**
 * The list of a view. Rows hold still while the pointer or the focus is on them, or the list is scrolled: what is
 * new waits behind a bar, what changed changes in place.
 */
import { html, nothing, repeat } from "lit";
import { icon } from "#icons.js";
import { plural, t } from "#language.js";
import { conversation } from "#inbox/selectors.js";
import { countWords, viewName } from "#inbox/words.js";
import { listRow } from "#inbox/elements/list-row.js";
import { Panel } from "#inbox/elements/panel.js";

class ConversationList extends Panel {
  constructor() {
    super();
    /** @type {number[]} the order on screen */
    this.order = [];
    this.orderedView = "";
    this.isPointed = false;
    /** @type {number | null | undefined} the selection last brought into sight */
    this.seen = undefined;
  }

  firstUpdated() {
    const end = this.querySelector(".list-end");
    new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.inbox.loadMore(), {
      root: this.querySelector(".list-scroll"),
      rootMargin: "600px",
    }).observe(/** @type {Element} */ (end));
  }

  render() {
    const { inbox } = this;
    const { view, selected } = inbox.screen;
    const rows = inbox.list;
    const arrived = this.#arrange(rows, view);
    const shown = this.order.map((id) => conversation(inbox.state, id)).filter((row) => row !== null);
    const now = Date.now();
    const roving = shown.some((row) => row.id === selected) ? selected : shown[0]?.id;
    return html`
      <header class="list-head">
        <h2>${viewName(view)}</h2>
        <span class="list-count number">${this.#count(rows.length, view) || nothing}</span>
        ${this.#begin()}
      </header>
      ${arrived ? this.#arrivals(arrived) : nothing}
      <div class="list-scroll" @pointerenter=${() => this.#point(true)} @pointerleave=${() => this.#point(false)} @scroll=${this.#scrolled}>
        ${
          shown.length
            ? html`<div class="rows" role="listbox" aria-label=${this.#label(view, shown.length)} @keydown=${this.#key}>
                ${repeat(
                  shown,
                  (row) => row.id,
                  (row, index) =>
                    listRow({
                      row,
                      view,
                      now,
                      me: inbox.state.me,
                      isSelected: row.id === selected,
                      isRoving: row.id === roving,
                      hasDraft: inbox.screen.drafts.has(row.id),
                      isLeaving: inbox.leaving.has(row.id),
                      position: index + 1,
                      size: shown.length,
                      onOpen: (event) => this.#open(event, row.id),
                      onHover: () => inbox.loadThread(row.id, { isAhead: true }),
                    }),
                )}
              </div>`
            : this.#empty(view)
        }
        <div class="list-end" aria-hidden="true"></div>
      </div>
    `;
  }

  #begin() {
    if (!this.inbox.state.channels.some((channel) => channel.can_begin)) return nothing;
    return html`<button class="button ghost square" type="button" aria-label=${t("New conversation")} aria-keyshortcuts="Shift+N" title=${t("New conversation")} @click=${() => this.inbox.show({ overlay: { name: "beginning" } })}>${icon("plus")}</button>`;
  }

  /** How many the view holds: what is here once all of it is, else what the server counted. @param {number} here @param {string} view */
  #count(here, view) {
    const isAll = !this.inbox.state.pages.get(/** @type {any} */ (view));
    return isAll
      ? here
      : countWords(this.inbox.state.counts[/** @type {keyof typeof this.inbox.state.counts} */ (view)] ?? 0);
  }

  /**
   * Decide the order on screen; returns how many newcomers wait behind the bar.
   * @param {import("#inbox/rows.js").Conversation[]} rows
   * @param {string} view
   */
  #arrange(rows, view) {
    const wanted = rows.map((row) => row.id);
    const isHeld = view === this.orderedView && this.order.length > 0 && this.#isBusy();
    this.orderedView = view;
    if (!isHeld) {
      this.order = wanted;
      return 0;
    }
    const { selected } = this.inbox.screen;
    const kept = this.order.filter((id) => wanted.includes(id) || (id === selected && this.isPointed));
    const known = new Set(kept);
    const last = rows.findIndex((row) => row.id === kept.at(-1));
    const newcomers = wanted.filter((id) => !known.has(id));
    // Further pages are no newcomers: they go to the end.
    const below = newcomers.filter((id) => wanted.indexOf(id) > last);
    this.order = [...kept, ...below];
    return newcomers.length - below.length;
  }

  #isBusy() {
    const scroll = this.querySelector(".list-scroll");
    return this.isPointed || (scroll?.scrollTop ?? 0) > 40 || !!this.querySelector(".rows:focus-within");
  }

  /** @param {number} count */
  #arrivals(count) {
    const words = plural(count, { one: "{n} new conversation", other: "{n} new conversations" });
    return html`<button class="arrivals" type="button" @click=${this.#letIn}>${icon("plus")}<span>${words}</span></button>`;
  }

  #letIn() {
    this.order = [];
    const scroll = this.querySelector(".list-scroll");
    if (scroll) scroll.scrollTop = 0;
    this.requestUpdate();
  }

  /** @param {string} view @param {number} count */
  #label(view, count) {
    const many = plural(count, { one: "{n} conversation", other: "{n} conversations" });
    return `${viewName(view)}, ${many}`;
  }

  /** @param {boolean} isPointed */
  #point(isPointed) {
    this.isPointed = isPointed;
    if (!isPointed) this.requestUpdate();
  }

  #scrolled = () => {
    if ((this.querySelector(".list-scroll")?.scrollTop ?? 0) < 1) this.requestUpdate();
  };

  /** @param {MouseEvent} event @param {number} id */
  #open(event, id) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.inbox.open(id);
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const { inbox } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      inbox.step(/** @type {1 | -1} */ (step));
    } else if (event.key === "Enter" && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      const id = Number(/** @type {HTMLElement} */ (event.target).dataset.id);
      if (id !== inbox.screen.selected) inbox.open(id);
      inbox.dispatchEvent(new Event("enter-thread"));
    }
  };

  updated() {
    const { selected } = this.inbox.screen;
    if (selected === this.seen) return;
    const isFirst = this.seen === undefined;
    this.seen = selected;
    const row = /** @type {HTMLElement | null} */ (this.querySelector(`[data-id="${selected}"]`));
    row?.scrollIntoView({ block: "nearest" });
    const active = document.activeElement;
    if (row && !isFirst && (active === document.body || active?.getAttribute("role") === "option"))
      row.focus({ preventScroll: true });
  }

  /** @param {string} view */
  #empty(view) {
    const { state } = this.inbox;
    if (!state.pages.has(/** @type {any} */ (view))) return this.#skeleton();
    const [picture, title, words] = EMPTY[view]?.(state.counts) ?? EMPTY.all(state.counts);
    return html`<div class="empty">${icon(picture)}<p class="empty-title">${title}</p><p>${words}</p></div>`;
  }

  #skeleton() {
    return html`<div class="skeletons" aria-hidden="true">${[0, 1, 2, 3, 4, 5].map(() => html`<div class="skeleton"></div>`)}</div>`;
  }
}

/** @type {Record<string, (counts: Record<string, number>) => [string, string, string]>} */
const EMPTY = {
  mine: ({ unassigned }) => [
    "mine",
    t("Nothing is waiting for you"),
    unassigned
      ? plural(unassigned, {
          one: "{n} conversation has no one yet: press G, then U.",
          other: "{n} conversations have no one yet: press G, then U.",
        })
      : t("The queue is empty too. Enjoy it."),
  ],
  unassigned: ({ mine }) => [
    "inbox",
    t("The queue is empty"),
    plural(mine, { one: "You have {n} open conversation.", other: "You have {n} open conversations." }),
  ],
  ai: () => [
    "assistant",
    t("The assistant is idle"),
    t("What it is answering right now shows here; you can take over at any time."),
  ],
  resolved: () => ["resolved", t("Nothing resolved yet"), t("Press E in a conversation to settle it.")],
  all: () => ["all", t("Nothing is open"), t("New messages from every channel arrive here.")],
};

customElements.define("conversation-list", ConversationList);
