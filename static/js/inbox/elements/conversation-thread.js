/** The thread: who and what on top, the brief after a handoff, every channel in one flow, the composer below. */
import { html, keyed, nothing, repeat } from "lit";
import { icon } from "#icons.js";
import { plural, t } from "#language.js";
import { dayName } from "#moments.js";
import { commands, perform } from "#inbox/commands.js";
import { brief, thread } from "#inbox/selectors.js";
import { isHandledByAi } from "#inbox/views.js";
import { tier1Words, viewName } from "#inbox/words.js";
import { company, TYPING_MS } from "#inbox/company.js";
import { acceptDrops } from "#inbox/drop-target.js";
import { lineOf } from "#inbox/elements/lines.js";
import { avatar } from "#inbox/elements/parts.js";
import { Panel } from "#inbox/elements/panel.js";
import "#inbox/elements/handoff-brief.js";
import "#inbox/elements/reply-composer.js";

/** Closer to the end than this, the thread follows what comes in. */
const NEAR_PX = 120;
const LONG = 120;

class ConversationThread extends Panel {
  constructor() {
    super();
    this.isAtEnd = true;
    this.shownId = 0;
    this.unseen = 0;
    this.lineCount = 0;
    this.lastTop = 0;
    /** @type {Element | null} */
    this.observed = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.resizing = new ResizeObserver(() => this.isAtEnd && this.#toEnd());
    this.stopDrops = acceptDrops(this, {
      words: () => (this.inbox.conversation ? t("Drop files to add them to your message") : ""),
      onFiles: (files) => /** @type {any} */ (this.querySelector("reply-composer"))?.addFiles(files),
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopDrops?.();
  }

  render() {
    const { inbox } = this;
    const row = inbox.conversation;
    if (!row) return inbox.screen.isLoading ? this.#loading() : this.#nothingOpen();
    const lines = thread(inbox.state, row.id);
    const handoff = brief(inbox.state, row.id);
    const now = Date.now();
    return html`
      ${this.#head(row, now)}
      ${handoff ? html`<handoff-brief .inbox=${inbox} .brief=${handoff}></handoff-brief>` : nothing}
      ${keyed(
        row.id,
        html`<div class="log" role="log" aria-live="off" tabindex="0" aria-label=${t("Messages with {name}", { name: row.customer.name })} @scroll=${this.#scrolled}>
          <div class="lines" ?data-long=${lines.length > LONG}>
            ${inbox.state.threads.has(row.id) || lines.length ? nothing : this.#skeleton()}
            ${inbox.state.threads.has(row.id) && !lines.length ? html`<p class="quiet">${t("Nothing has been said yet.")}</p>` : nothing}
            ${inbox.earlier.isThere(row) ? html`<button class="button ghost earlier" type="button" ?disabled=${inbox.earlier.isLoading} @click=${() => this.#earlier(row.id)}>${t("Earlier messages")}</button>` : nothing}
            ${repeat(
              lines,
              (line) => line.key,
              (line) =>
                html`${line.opensDay ? html`<p class="day"><span>${dayName(line.at, now)}</span></p>` : nothing}${lineOf(line, inbox)}`,
            )}
            ${this.#company(row.id, now)}
          </div>
        </div>`,
      )}
      ${this.unseen && !this.isAtEnd ? this.#below() : nothing}
      <reply-composer .inbox=${inbox} .conversation=${row}></reply-composer>
    `;
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    super.willUpdate(changed);
    const row = this.inbox.conversation;
    const count = row ? thread(this.inbox.state, row.id).length : 0;
    if (row?.id !== this.shownId) {
      this.shownId = row?.id ?? 0;
      this.isAtEnd = true;
      this.lastTop = 0;
      this.unseen = 0;
    } else if (!this.isAtEnd && count > this.lineCount) this.unseen += count - this.lineCount;
    this.lineCount = count;
  }

  updated() {
    const lines = this.querySelector(".lines");
    if (lines && lines !== this.observed) {
      this.resizing?.disconnect();
      this.resizing?.observe(lines);
      this.observed = lines;
    }
    if (this.isAtEnd) this.#toEnd();
  }

  /** @param {import("#inbox/rows.js").Conversation} row @param {number} now */
  #head(row, now) {
    const others = company(this.inbox, row.id, now);
    return html`<header class="thread-head">
      <button class="button ghost square narrow-only" type="button" aria-label=${t("Back to {view}", { view: viewName(this.inbox.screen.view) })} @click=${() => this.inbox.open(null)}>${icon("back")}</button>
      <div class="thread-title">
        <h2 dir="auto">${row.subject || row.customer.name}</h2>
        <p class="thread-facts">
          <span class="number">#${row.number}</span>
          ${row.subject ? html`<button class="plain-link thread-customer wide-hidden" type="button" @click=${() => this.inbox.show({ page: "sidebar" })}>${row.customer.name}</button><span class="thread-customer narrow-hidden">${row.customer.name}</span>` : nothing}
          ${isHandledByAi(row) ? html`<span class="badge" data-tone="machine">${icon("assistant")}${tier1Words(row.tier1_state)}</span>` : nothing}
          ${row.state === "resolved" ? html`<span class="badge" data-tone="good">${icon("resolved")}${t("Resolved")}</span>` : nothing}
          ${row.state === "snoozed" ? html`<span class="badge">${icon("snooze")}${t("Snoozed")}</span>` : nothing}
          ${others ? html`<span class="presence" ?data-writing=${others.isWriting}>${icon(others.isWriting ? "alert" : "people")}${others.text}</span>` : nothing}
        </p>
      </div>
      <div class="thread-actions">
        ${this.#assignee(row)}
        ${
          row.state === "resolved"
            ? html`<button class="button" type="button" @click=${() => this.#run("reopen")}>${icon("reopen")}<span>${t("Reopen")}</span></button>`
            : html`<button class="button" type="button" aria-keyshortcuts="e" title=${t("Resolve, go to the next (E)")} @click=${() => this.#run("resolve")}>${icon("check")}<span>${t("Resolve")}</span></button>`
        }
        <button class="button ghost square" type="button" aria-pressed=${this.inbox.screen.isSidebarOpen} aria-label=${t("Customer")} title=${t("Show or hide the customer (\\)")} @click=${this.#sidebar}>${icon("panel")}</button>
      </div>
    </header>`;
  }

  /** @param {import("#inbox/rows.js").Conversation} row */
  #assignee(row) {
    const isAi = isHandledByAi(row);
    const holder = row.assignee?.name ?? row.team?.name;
    const words = isAi ? t("Take over") : (holder ?? t("Assign"));
    return html`<button class="button thread-assignee" type="button" title=${t("{holder}: assign (A), to me (I)", { holder: words })} @click=${() => this.#run(isAi ? "assignToMe" : "assign")}>
      ${row.assignee ? avatar(row.assignee.name) : icon(isAi ? "agent" : row.team ? "team" : "assign")}${holder && !isAi ? html`<span class="sr-only">${t("Assigned to")}</span>` : nothing}<span>${words}</span>
    </button>`;
  }

  #sidebar = () => {
    const isNarrow = matchMedia("(max-width: 75rem)").matches;
    if (isNarrow) this.inbox.show({ page: this.inbox.screen.page === "sidebar" ? "thread" : "sidebar" });
    else this.#run("sidebar");
  };

  /** What is being read stays where it is while more comes in above it. @param {number} id */
  async #earlier(id) {
    const log = /** @type {HTMLElement} */ (this.querySelector(".log"));
    const fromEnd = log.scrollHeight - log.scrollTop;
    this.isAtEnd = false;
    await this.inbox.earlier.load(id);
    await this.updateComplete;
    log.scrollTop = log.scrollHeight - fromEnd;
    this.unseen = 0;
    log.focus({ preventScroll: true });
  }

  /** @param {string} id */
  #run(id) {
    const item = commands().find((command) => command.id === id);
    if (item) perform(item, this.inbox);
  }

  /** @param {number} id @param {number} now */
  #company(id, now) {
    const typing = this.inbox.state.typing.get(id);
    if (typing?.author.kind !== "customer" || now - typing.at > TYPING_MS) return nothing;
    return html`<p class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${t("{name} is writing", { name: typing.author.name })}</p>`;
  }

  #below() {
    const words = plural(this.unseen, { one: "{n} new below", other: "{n} new below" });
    return html`<button class="below" type="button" @click=${() => this.#toEnd()}>${icon("down")}${words}</button>`;
  }

  #scrolled = () => {
    const log = this.querySelector(".log");
    // Our own scrolling only goes down; what is laid out late must not count as leaving the end.
    const isUp = (log?.scrollTop ?? 0) < this.lastTop;
    this.lastTop = log?.scrollTop ?? 0;
    if (!log || (this.isAtEnd && !isUp)) return;
    this.isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    if (this.isAtEnd && this.unseen) {
      this.unseen = 0;
      this.requestUpdate();
    }
  };

  #toEnd() {
    const log = this.querySelector(".log");
    if (log) log.scrollTop = log.scrollHeight;
  }

  #nothingOpen() {
    const { counts } = this.inbox.state;
    const open = plural(counts.unassigned, {
      one: "{n} conversation is waiting for somebody.",
      other: "{n} conversations are waiting for somebody.",
    });
    return html`<div class="empty roomy">
      <svg class="loom" viewBox="0 0 240 64" aria-hidden="true"><path d="M0 44c40 0 56-24 76-24s22 24 44 24 24-24 44-24 36 24 76 24" /></svg>
      <p class="empty-title">${t("Pick up the thread")}</p>
      <p>${open} ${t("Press J to begin with the one who has waited longest.")}</p>
    </div>`;
  }

  #loading() {
    return html`<div class="log" aria-busy="true"><div class="lines">${this.#skeleton()}</div></div>`;
  }

  #skeleton() {
    return html`<div class="skeletons" aria-hidden="true">${["a", "b", "c"].map((name) => html`<div class="skeleton ${name}"></div>`)}</div>`;
  }
}

customElements.define("conversation-thread", ConversationThread);
