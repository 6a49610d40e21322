/** The frame: rail, list, thread and sidebar; one keyboard; one voice for screen readers. */
import { html, nothing } from "lit";
import { t } from "#language.js";
import { perform, validCommands } from "#inbox/commands.js";
import { writer } from "#inbox/selectors.js";
import { Shortcuts } from "#inbox/shortcuts.js";
import { authorName, channelName, viewName } from "#inbox/words.js";
import { Panel } from "#inbox/elements/panel.js";
import { told } from "#inbox/announcing.js";
import "#inbox/elements/view-rail.js";
import "#inbox/elements/conversation-list.js";
import "#inbox/elements/conversation-thread.js";
import "#inbox/elements/customer-sidebar.js";
import "#inbox/elements/command-palette.js";
import "#inbox/elements/new-conversation.js";
import "#inbox/elements/shortcut-help.js";
import "#inbox/elements/notice-bar.js";

/** Relative times move on by themselves. */
const TICK_MS = 20_000;

class InboxApp extends Panel {
  static properties = { announcement: { state: true } };

  constructor() {
    super();
    this.announcement = "";
    this.shortcuts = new Shortcuts(() => this.#bindings(), {
      areSingleKeysOn: () => this.inbox.state.me.single_keys,
    });
    this.onKey = (/** @type {KeyboardEvent} */ event) => {
      if (!this.inbox.screen.overlay && !event.defaultPrevented) this.shortcuts.handle(event);
    };
    this.onFrame = (/** @type {any} */ event) => this.#announce(event.detail);
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener("keydown", this.onKey);
    this.inbox.addEventListener("frame", this.onFrame);
    this.inbox.addEventListener("back", () => this.#back());
    this.inbox.addEventListener("enter-thread", () => this.#focus(".log"));
    this.ticking = setInterval(() => this.inbox.dispatchEvent(new Event("change")), TICK_MS);
    this.inbox.start();
  }

  updated() {
    const { conversation, screen, state } = this.inbox;
    const waiting = state.counts.mine + state.counts.unassigned;
    const name = conversation ? conversation.customer.name : viewName(screen.view);
    document.title = `${waiting ? `(${waiting}) ` : ""}${name} · Onethread`;
    this.dataset.page = screen.page;
    this.toggleAttribute("data-sidebar", screen.isSidebarOpen && conversation !== null);
    this.#markRead();
  }

  render() {
    const { inbox } = this;
    const { overlay } = inbox.screen;
    return html`
      <a class="skip-link" href="#conversations">${t("Skip to the conversations")}</a>
      <h1 class="sr-only">${t("Inbox")}</h1>
      <view-rail .inbox=${inbox}></view-rail>
      <conversation-list .inbox=${inbox} id="conversations"></conversation-list>
      <section class="desk" aria-label=${t("Conversation")}>
        <conversation-thread .inbox=${inbox}></conversation-thread>
        <customer-sidebar .inbox=${inbox}></customer-sidebar>
      </section>
      <notice-bar .inbox=${inbox}></notice-bar>
      ${overlay?.name === "palette" ? html`<command-palette .inbox=${inbox} .step=${overlay.step ?? ""}></command-palette>` : nothing}
      ${overlay?.name === "beginning" ? html`<new-conversation .inbox=${inbox}></new-conversation>` : nothing}
      ${overlay?.name === "help" ? html`<shortcut-help .inbox=${inbox}></shortcut-help>` : nothing}
      <p class="sr-only" role="status">${this.announcement}</p>
    `;
  }

  #bindings() {
    return validCommands(this.inbox).map((item) => ({
      keys: item.keys,
      run: () => perform(item, this.inbox),
      // In a field Escape belongs to the field's own menus first; they stop it when they use it.
      inFields: item.inFields ?? true,
    }));
  }

  /** Out of the field, out of the thread, out to the list: one level at a time. */
  #back() {
    const { inbox } = this;
    const active = document.activeElement;
    if (active?.matches("textarea, input")) this.#focus(".log");
    else if (inbox.screen.page === "sidebar") inbox.show({ page: "thread" });
    else if (active?.closest("conversation-thread, customer-sidebar")) {
      inbox.show({ page: "list" });
      this.updateComplete.then(() => this.#focus('[role="option"][aria-selected="true"]'));
    } else if (inbox.screen.selected !== null) inbox.open(null);
  }

  /** @param {string} selector */
  #focus(selector) {
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector(selector))?.focus());
  }

  #markRead() {
    const row = this.inbox.conversation;
    if (!row?.unread_count || document.hidden || this.inbox.screen.connection === "offline") return;
    if (this.readTimer && this.readFor === row.id) return;
    clearTimeout(this.readTimer);
    this.readFor = row.id;
    this.readTimer = setTimeout(() => {
      this.readTimer = undefined;
      const now = this.inbox.conversation;
      if (now?.id === row.id && !document.hidden) this.inbox.work.markRead(now);
    }, 900);
  }

  /** Says what came in, once, and never what we did ourselves. @param {any} frame */
  #announce(frame) {
    const { me } = this.inbox.state;
    const isOurs = frame.event.actor?.kind === "agent" && frame.event.actor?.id === me.id;
    this.announcement = told(frame, isOurs, this.inbox) ?? this.announcement;
    if (frame.event.type !== "message.created" || isOurs) return;
    const row = frame.objects.find((/** @type {any} */ object) => object.kind === "message");
    if (!row) return;
    const name = authorName({ ...row.author, name: writer(this.inbox.state, row) }, me.name);
    const isHere = row.conversation === this.inbox.screen.selected;
    if (isHere)
      this.announcement = t("{name} by {channel}: {text}", {
        name,
        channel: channelName(row.channel_kind),
        text: row.text,
      });
    else if (row.direction === "inbound") this.announcement = t("New message from {name}", { name });
  }
}

customElements.define("inbox-app", InboxApp);
