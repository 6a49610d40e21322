/**
 * The composer. Reply or note is unmistakable; the way to the customer is chosen here; what came in while one wrote
 * must be looked at before the words go.
 */
import { html, live, nothing } from "lit";
import { icon } from "#icons.js";
import { plural, t } from "#language.js";
import { defaultTarget, inOrder, isReachable, nextClosing, replyTargets, whyElsewhere } from "#inbox/reply-targets.js";
import { answering, called, isBeside, signature, unsigned } from "#inbox/recipients.js";
import { messagesByOthers } from "#inbox/selectors.js";
import { outgoing, recipientsOf } from "#inbox/outgoing.js";
import { company } from "#inbox/company.js";
import { undoSeconds } from "#inbox/waiting.js";
import { ComposerFiles } from "#inbox/elements/composer-files.js";
import { measure, replyWindow } from "#inbox/elements/composer-facts.js";
import { givenBack } from "#inbox/elements/given-back.js";
import { Panel } from "#inbox/elements/panel.js";
import { doubted, replacing, whoLeft } from "#inbox/elements/reply-notices.js";
import "#inbox/elements/recipient-line.js";
import "#inbox/elements/send-menu.js";
import "#inbox/elements/target-picker.js";
import "#inbox/elements/template-panel.js";

/** @typedef {import("#inbox/rows.js").Conversation} Conversation */
/** @typedef {import("#inbox/reply-targets.js").Target} Target */

const TYPING_EVERY_MS = 3_000;
const WINDOW_EVERY_MS = 20_000;
/** Timers hold no more than 31 bits. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

class ReplyComposer extends Panel {
  static properties = {
    conversation: { attribute: false },
    text: { state: true },
    chosen: { state: true },
    wantsTemplate: { state: true },
    recipients: { state: true },
    isUnsigned: { state: true },
    replaces: { state: true },
    offered: { state: true },
  };

  constructor() {
    super();
    /** @type {Conversation} */
    this.conversation = /** @type {any} */ (null);
    this.text = "";
    /** @type {string} key of the chosen target; empty: the default */
    this.chosen = "";
    /** Who gets the mail, once that was changed by hand. @type {import("#inbox/recipients.js").Recipients | null} */
    this.recipients = null;
    /** The signature was left out this time. */
    this.isUnsigned = false;
    /** The failed message that this one is sent instead of. @type {number | null} */
    this.replaces = null;
    /** A template was asked for where words of one's own could go too. */
    this.wantsTemplate = false;
    /** What was taken back while something else was being written here. @type {any} */
    this.offered = null;
    /** The time that what was taken back had been scheduled for. @type {string | null} */
    this.sendAt = null;
    this.wasTemplate = false;
    this.wasBegun = false;
    this.draftOf = "";
    this.focusSeen = 0;
    /** Messages by others that were there when the writing began or was last reviewed. @type {Set<number>} */
    this.seen = new Set();
    this.typedAt = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.clock = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.closing = undefined;
    this.wasWriting = false;
    this.files = new ComposerFiles(this);
    /** Send was pressed while files were on their way. @type {{resolves: boolean, later: {at: Date, anyway: boolean} | null} | null} */
    this.sendWanted = null;
    this.onConflict = (/** @type {any} */ event) => this.#giveBack(event.detail);
    this.onSendLater = () => this.updateComplete.then(() => this.#menu()?.open());
  }

  connectedCallback() {
    super.connectedCallback();
    this.focusSeen = this.inbox.screen.compose.focus;
    this.inbox.addEventListener("conflict", this.onConflict);
    this.inbox.addEventListener("send-later", this.onSendLater);
    this.clock = setInterval(() => this.requestUpdate(), WINDOW_EVERY_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.inbox.removeEventListener("conflict", this.onConflict);
    this.inbox.removeEventListener("send-later", this.onSendLater);
    clearInterval(this.clock);
    clearTimeout(this.closing);
  }

  get mode() {
    return this.inbox.screen.compose.mode;
  }

  get targets() {
    return replyTargets(
      this.inbox.state.objects.customer.get(this.conversation.customer.id),
      this.inbox.state.channels,
    );
  }

  /** Until the thread is here nothing is known about the ways to the customer, and nothing is said about them. */
  get isLoaded() {
    return this.inbox.state.threads.has(this.conversation.id);
  }

  /** @returns {Target | null} */
  get target() {
    const { targets } = this;
    const chosen = targets.find((target) => target.key === this.chosen && isReachable(target));
    return chosen ?? defaultTarget(targets, this.#heard());
  }

  /** What others wrote and may be answered: not what comes from somebody who stands beside. */
  #heard() {
    const messages = messagesByOthers(this.inbox.state, this.conversation.id);
    return messages.filter((row) => !isBeside(this.conversation, row));
  }

  /** Whom a mail would go to; null where a message reaches one person at a time. @param {Target | null} target */
  #answering(target) {
    if (this.mode === "note" || !target?.channel.has_recipients) return null;
    const customer = this.inbox.state.objects.customer.get(this.conversation.customer.id);
    return answering(this.conversation, customer, target, this.#heard(), { isChosen: this.chosen !== "" });
  }

  /** @param {Target | null} target */
  #signature(target) {
    if (this.mode === "note" || this.isUnsigned || this.isTemplate) return "";
    return signature(target?.channel, this.inbox.state.me.name);
  }

  /** Whether a template is chosen here instead of words being written. */
  get isTemplate() {
    const { target } = this;
    if (this.mode === "note" || !target) return false;
    return !target.isOpen || (this.wantsTemplate && target.takesTemplate);
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    super.willUpdate(changed);
    const key = `${this.conversation.id}:${this.mode}`;
    if (key === this.draftOf) return;
    if (!this.draftOf.startsWith(`${this.conversation.id}:`)) this.#forget();
    this.draftOf = key;
    this.text = "";
    this.sendWanted = null;
    this.files.restore();
    this.#restore(this.conversation.id, this.mode);
  }

  #forget() {
    Object.assign(this, {
      chosen: "",
      wantsTemplate: false,
      recipients: null,
      isUnsigned: false,
      replaces: null,
      offered: null,
      sendAt: null,
    });
  }

  updated() {
    this.#awaitClosing();
    if (this.isTemplate !== this.wasTemplate) this.#swapped();
    this.files.settle();
    this.#sendOnceThere();
    const { compose } = this.inbox.screen;
    if (compose.focus === this.focusSeen) return;
    this.focusSeen = compose.focus;
    if (compose.isGivenBack) void this.#take(compose);
    else this.#fill(compose);
  }

  /** What was taken back never takes the place of what is being written: then it is offered. @param {any} compose */
  async #take(compose) {
    const { id } = this.conversation;
    const { drafts } = this.inbox;
    const kept = await Promise.all([drafts.read(id, "reply"), drafts.read(id, "template")]).catch(() => [""]);
    if (id !== this.conversation.id) return;
    if (kept.some((text) => text.trim())) this.offered = compose;
    else this.#fill(compose);
  }

  /** @param {any} compose */
  #fill({ text, template, target, recipients, files, copies, replaces, isGivenBack, sendAt }) {
    if (files) this.inbox.uploads.put(this.conversation.id, this.mode, files);
    if (copies?.length) this.inbox.uploads.copy(this.conversation.id, this.mode, copies);
    if (target !== undefined) this.chosen = target;
    if (text !== undefined || template) this.replaces = replaces ?? null;
    if (text !== undefined || template) this.wantsTemplate = Boolean(template);
    if (isGivenBack) Object.assign(this, { isUnsigned: false, sendAt });
    if (text !== undefined) {
      const sign = this.#signature(this.target);
      const words = unsigned(text, sign);
      // Whoever left the signature out has left it out.
      if (isGivenBack && sign && words === text) this.isUnsigned = true;
      this.#write(words);
    }
    if (recipients) this.recipients = recipients;
    this.updateComplete.then(() => {
      if (template?.id) this.#panel()?.fill(template.id, template.variables ?? {});
      (this.#panel() ?? this.#field())?.focus();
    });
  }

  /** Look again at the very moment a window closes: from then on only a template may go. */
  #awaitClosing() {
    clearTimeout(this.closing);
    const left = nextClosing(this.targets, Date.now());
    if (left !== null) this.closing = setTimeout(() => this.requestUpdate(), Math.min(left + 20, LONGEST_WAIT_MS));
  }

  /** The field gave way to templates or came back; whoever was writing goes on in its place. */
  #swapped() {
    this.wasTemplate = this.isTemplate;
    // The field that had the focus is gone, and with it the focus.
    if (this.wasWriting && document.activeElement === document.body)
      this.updateComplete.then(() => (this.#panel() ?? this.#field())?.focus());
  }

  render() {
    const isNote = this.mode === "note";
    const { target, isTemplate } = this;
    const news = this.#news();
    this.wasWriting = this.contains(document.activeElement);
    const channel = isNote ? null : target?.channel;
    return html`<form class="composer" data-mode=${this.mode} data-channel=${channel?.kind ?? nothing} aria-label=${isNote ? t("Private note") : t("Reply")} @submit=${this.#submit}>
      <div class="composer-head">
        <div class="modes" role="group" aria-label=${t("Kind of message")}>
          ${this.#modeButton("reply", t("Reply"), "reply")} ${this.#modeButton("note", t("Note"), "note")}
        </div>
        ${
          isNote
            ? html`<p class="note-promise">${t("Only your team sees this")}</p>`
            : !this.isLoaded
              ? nothing
              : html`<target-picker .targets=${this.targets} .target=${target} .name=${this.conversation.customer.name} @pick=${this.#picked}></target-picker>${this.#templateSwitch(target)}`
        }
      </div>
      ${isNote || !this.isLoaded ? nothing : this.#notices(target)}
      ${this.offered ? givenBack(this.offered, { use: this.#useOffered, add: this.#addOffered, leave: () => (this.offered = null) }) : nothing}
      ${this.#recipientLine(target)}
      ${isTemplate && target ? this.#templates(target) : this.#textField(isNote, target)}
      ${this.#signed(target)} ${this.files.tray()}
      <div class="composer-foot">
        ${this.files.button()}
        <p class="composer-facts">${isNote ? nothing : html`${replyWindow(target, this.replaces === null ? whyElsewhere(this.targets, this.#heard()) : "")}${this.#facts(target)}`}</p>
        ${isNote ? nothing : html`<button class="button ghost" type="button" ?disabled=${!this.#canSend()} title=${t("Send and resolve (Ctrl+Shift+Enter)")} @click=${() => this.#send({ resolves: true })}>${t("Send and resolve")}</button>`}
        <button class="button primary" type="submit" ?disabled=${!this.#canSend()} ?data-review=${news > 0} title=${t("Ctrl+Enter")}>
          ${icon(news ? "alert" : isNote ? "note" : "send")}<span>${this.#sendWords(isNote, news)}</span>
        </button>
        ${this.#later(isNote, target)}
      </div>
    </form>`;
  }

  /** What has to be known before sending. @param {Target | null} target */
  #notices(target) {
    const failed = this.replaces === null ? undefined : this.inbox.state.objects.message.get(this.replaces);
    const customer = this.inbox.state.objects.customer.get(this.conversation.customer.id);
    const others = inOrder(this.targets, this.#heard()).filter((one) => one.isOpen && !one.isDead && !one.leftAt);
    return html`${replacing(failed, target, this.text, () => (this.replaces = null))}
      ${whoLeft(target, customer?.is_named ? customer.name : "", others[0] ?? null, (key) => (this.chosen = key))} ${doubted(target)}`;
  }

  /** @param {boolean} isNote @param {Target | null} target */
  #later(isNote, target) {
    if (isNote || !target || target.channel.takes_later === false) return nothing;
    return html`<send-menu .target=${target} .name=${this.conversation.customer.name} .isTemplate=${this.isTemplate} .isDisabled=${!this.#canSend()} .wasAt=${this.sendAt} @schedule=${(/** @type {CustomEvent} */ event) => this.#send({ later: event.detail })}></send-menu>`;
  }

  #useOffered = () => {
    const { offered } = this;
    this.offered = null;
    this.#fill(offered);
  };

  /** Under what is written now. */
  #addOffered = () => {
    const { offered } = this;
    this.offered = null;
    const words = unsigned(offered.text, this.#signature(this.target));
    this.#write(`${this.text.trimEnd()}\n\n${words}`);
    this.updateComplete.then(() => this.#field()?.focus());
  };

  /** Another address was chosen: the mail goes there, and to whom that goes with. @param {CustomEvent} event */
  #picked = (event) => {
    this.chosen = event.detail;
    this.recipients = null;
  };

  /** @param {Target | null} target */
  #recipientLine(target) {
    const found = this.isLoaded ? this.#answering(target) : null;
    if (!found) return nothing;
    return html`<recipient-line .recipients=${this.recipients ?? found.all} .one=${found.one} .all=${found.all} @change-recipients=${(/** @type {CustomEvent} */ event) => (this.recipients = event.detail)}></recipient-line>`;
  }

  /** What will stand under the words. @param {Target | null} target */
  #signed(target) {
    const words = this.isLoaded ? this.#signature(target) : "";
    if (!words) return nothing;
    return html`<div class="signature"><p dir="auto" aria-label=${t("Signature")}>${words}</p><button class="button ghost square" type="button" aria-label=${t("Leave the signature out")} title=${t("Leave the signature out")} @click=${() => (this.isUnsigned = true)}>${icon("close")}</button></div>`;
  }

  /** @param {boolean} isNote @param {Target | null} target */
  #textField(isNote, target) {
    return html`<textarea
        name="text"
        rows="2"
        dir="auto"
        .value=${live(this.text)}
        aria-label=${isNote ? t("Private note, only your team sees this") : t("Reply to {name}", { name: this.conversation.customer.name })}
        placeholder=${this.#placeholder(isNote, target)}
        ?disabled=${!isNote && !target && this.isLoaded}
        @input=${this.#typed}
        @keydown=${this.#key}
        @paste=${this.files.paste}
      ></textarea>`;
  }

  /** @param {Target} target */
  #templates(target) {
    return html`${target.isOpen ? nothing : html`<p class="window-over">${icon("clock")}<span role="status">${t("{why}: a template can be sent.", { why: target.why.replace(/:.*/, "") })}${this.text.trim() ? ` ${t("What you wrote is kept.")}` : ""}</span></p>`}
      <template-panel .inbox=${this.inbox} .conversation=${this.conversation} .channel=${target.channel} .prices=${target.prices} @filled=${this.#filled} @keydown=${this.#key}></template-panel>`;
  }

  /** What was there when the filling in began needs no review. */
  #filled = () => {
    const isBegun = Boolean(this.#panel()?.template);
    if (isBegun && !this.wasBegun) this.#look();
    this.wasBegun = isBegun;
    this.#markDraft();
    this.requestUpdate();
  };

  /** @param {Target | null} target */
  #templateSwitch(target) {
    if (!target?.isOpen || !target.takesTemplate) return nothing;
    const words = this.wantsTemplate ? t("Write yourself") : t("Template");
    return html`<button class="mode" type="button" @click=${this.#toggleTemplate}>${icon(this.wantsTemplate ? "reply" : "article")}${words}</button>`;
  }

  #toggleTemplate = () => {
    this.wantsTemplate = !this.wantsTemplate;
    this.updateComplete.then(() => (this.#panel() ?? this.#field())?.focus());
  };

  /** @param {"reply" | "note"} mode @param {string} words @param {string} picture */
  #modeButton(mode, words, picture) {
    return html`<button class="mode" type="button" aria-pressed=${this.mode === mode} aria-keyshortcuts=${mode === "reply" ? "r" : "c"} @click=${() => this.inbox.show({ compose: { mode, focus: this.inbox.screen.compose.focus + 1 } })}>${icon(picture)}${words}</button>`;
  }

  /** @param {boolean} isNote @param {Target | null} target */
  #placeholder(isNote, target) {
    if (isNote) return t("Write something for your team…");
    const first = (this.recipients ?? (this.isLoaded ? this.#answering(target)?.all : null))?.to[0];
    if (target || !this.isLoaded)
      return t("Write to {name}…", { name: first ? called(first) : this.conversation.customer.name });
    return this.targets.some((item) => item.isOpen)
      ? t("Choose where the reply goes, then write.")
      : t("No open way to this customer. A note is always possible.");
  }

  /** @param {boolean} isNote @param {number} news */
  #sendWords(isNote, news) {
    if (news)
      return plural(news, { one: "Review {n} new message, then send", other: "Review {n} new messages, then send" });
    if (this.sendWanted) return t("Sends once the files are there");
    return isNote ? t("Add note") : t("Send");
  }

  /** Somebody else who is writing comes first. @param {Target | null} target */
  #facts(target) {
    const others = company(this.inbox, this.conversation.id, Date.now());
    if (others?.isWriting) return html`<span class="rival">${icon("alert")}${others.text}</span>`;
    return measure(target, this.isTemplate ? "" : this.text);
  }

  #canSend() {
    if (this.isTemplate) return Boolean(this.#panel()?.template);
    const hasContent = this.text.trim() !== "" || this.files.items.length > 0;
    return hasContent && !this.files.problem && (this.mode === "note" || this.target !== null);
  }

  /** Files dropped on the thread. @param {File[]} files */
  addFiles(files) {
    this.files.add(files);
    this.#field()?.focus();
  }

  /** Files came or went: they are a draft too, and what was there before them needs no review. */
  filesChanged() {
    if (!this.text && this.files.items.length) this.#look();
    this.#markDraft();
    this.requestUpdate();
  }

  /** Send was pressed while files were on their way: now they are there, or one of them failed. */
  #sendOnceThere() {
    if (!this.sendWanted || this.files.isBusy) return;
    const wanted = this.sendWanted;
    this.sendWanted = null;
    this.updateComplete.then(() => this.#send(wanted));
  }

  /** @param {string} text */
  write(text) {
    this.#write(text);
  }

  /** How many messages by others came while this was written. */
  #news() {
    const isBegun = this.isTemplate ? this.#panel()?.template : this.text || this.files.items.length;
    if (!isBegun || this.mode === "note") return 0;
    return messagesByOthers(this.inbox.state, this.conversation.id).filter((row) => !this.seen.has(row.id)).length;
  }

  #look() {
    this.seen = new Set(messagesByOthers(this.inbox.state, this.conversation.id).map((row) => row.id));
  }

  /** @param {number} id @param {"reply" | "note"} mode */
  async #restore(id, mode) {
    const text = await this.inbox.drafts.read(id, mode).catch(() => "");
    if (this.draftOf !== `${id}:${mode}` || this.text) return;
    this.#look();
    this.text = text;
  }

  /** @param {InputEvent} event */
  #typed = (event) => {
    this.#write(/** @type {HTMLTextAreaElement} */ (event.target).value);
    if (this.mode === "note" || Date.now() - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = Date.now();
    this.inbox.socket.say({ type: "typing", conversation: this.conversation.id });
  };

  /** @param {string} text */
  #write(text) {
    if (!this.text) this.#look();
    const hadText = this.text !== "";
    this.text = text;
    this.inbox.drafts.write(this.conversation.id, this.mode, text);
    if (hadText !== (text !== "")) this.#markDraft();
  }

  async #markDraft() {
    this.inbox.show({ drafts: await this.inbox.drafts.conversations().catch(() => new Set()) });
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#send({ resolves: event.shiftKey && this.mode === "reply" });
  };

  /** @param {Event} event */
  #submit = (event) => {
    event.preventDefault();
    this.#send();
  };

  /** @param {{resolves?: boolean, later?: {at: Date, anyway: boolean} | null}} [how] */
  #send({ resolves = false, later = null } = {}) {
    if (!this.#canSend()) return;
    if (!this.isTemplate && this.files.isBusy) {
      this.sendWanted = { resolves, later };
      this.requestUpdate();
      return;
    }
    const filled = this.isTemplate ? this.#panel()?.take() : null;
    if (this.isTemplate && !filled) return;
    if (this.#news()) {
      this.#look();
      this.inbox.dispatchEvent(new Event("enter-thread"));
      this.requestUpdate();
      return;
    }
    const line = /** @type {any} */ (this.querySelector("recipient-line"));
    if (line && !line.check()) return;
    const { id } = this.conversation;
    const { mode, target } = this;
    const sign = this.#signature(target);
    const text = filled ? filled.text : [this.text.trim(), sign].filter(Boolean).join("\n\n");
    const client_id = crypto.randomUUID();
    const undo = mode === "reply" && !later ? undoSeconds(target?.channel, this.inbox.state.me) : 0;
    const written = {
      client_id,
      conversation: id,
      mode,
      text,
      template: filled?.template ?? null,
      files: filled ? [] : this.inbox.uploads.take(id, mode),
      target,
      recipients: this.recipients ?? this.#answering(target)?.all ?? null,
      replaces: this.replaces,
      undo,
      later,
      resolves,
    };
    this.inbox.outbox.add(outgoing(written, this.inbox.state.me, this.inbox.state.seq));
    if (filled) this.#panel()?.clear();
    else this.#write("");
    this.recipients = null;
    this.isUnsigned = false;
    if (mode === "reply") this.replaces = null;
    this.sendAt = null;
    (this.#panel() ?? this.#field())?.focus();
    if (!resolves) return;
    const row = this.conversation;
    this.inbox.leave();
    this.inbox.work.resolvedWith(row, client_id, undo > 0);
  }

  /** The server held the words back: something came in that this screen had not shown. @param {any} entry */
  #giveBack(entry) {
    const { conversation: id, body } = entry;
    const text = body.template ? "" : unsigned(body.text, this.#signatureOn(body.channel));
    if (body.template) this.#giveTemplateBack(entry);
    else this.inbox.drafts.write(id, body.kind, text);
    if (entry.shown.files?.length) this.inbox.uploads.put(id, body.kind, entry.shown.files);
    if (id === this.conversation.id && body.template) {
      this.seen = new Set([...this.seen].slice(0, -1));
    } else if (id === this.conversation.id) {
      if (!this.text) this.text = text;
      if (body.to) this.recipients = recipientsOf(body);
      this.replaces = body.replaces ?? null;
      this.seen = new Set([...this.seen].slice(0, -1));
    } else
      this.inbox.say(t("A reply was held back: something new came in first. It is kept as a draft."), { isBad: true });
    this.#markDraft();
  }

  /** @param {any} entry */
  #giveTemplateBack({ conversation: id, body }) {
    const { id: chosen, variables: values } = body.template;
    this.inbox.drafts.write(id, "template", JSON.stringify({ channel: body.channel, id: chosen, values }));
    if (id !== this.conversation.id) return;
    this.wantsTemplate = true;
    this.updateComplete.then(() => this.#panel()?.fill(chosen, values));
  }

  /** @param {number | undefined} channel */
  #signatureOn(channel) {
    const found = this.inbox.state.channels.find((one) => one.id === channel);
    return signature(found, this.inbox.state.me.name);
  }

  /** @returns {any} */
  #panel() {
    return this.querySelector("template-panel");
  }

  /** @returns {any} */
  #menu() {
    return this.querySelector("send-menu");
  }

  #field() {
    return this.querySelector("textarea");
  }
}

customElements.define("reply-composer", ReplyComposer);
