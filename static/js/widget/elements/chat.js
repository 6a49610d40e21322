import { SessionElement, classMap, html, nothing } from "../element.js";
import { icons } from "../icons.js";
import { text, weekdayTime } from "../texts.js";
import "./composer.js";
import "./message-log.js";

const RECONNECTING_AFTER_MS = 1_500;
const OFFLINE_AFTER_MS = 5_000;

/** The whole window: who answers, how the connection is, the conversation, the composer. */
export class Chat extends SessionElement {
  static properties = { settings: { attribute: false }, host: { attribute: false } };

  constructor() {
    super();
    /** @type {any} */
    this.settings = {};
    /** @type {import("../host.js").Host} */
    this.host = /** @type {any} */ (undefined);
    /** @type {"" | "reconnecting" | "offline"} */
    this.trouble = "";
    this.unreadCount = 0;
    this.areCardsHere = false;
    /** @type {Promise<void> | undefined} */
    this.fetching = undefined;
  }

  focusComposer() {
    const composer = /** @type {import("./composer.js").Composer} */ (this.querySelector("onethread-composer"));
    composer.updateComplete?.then(() => composer.focusField());
  }

  /** What is before the visitor's eyes counts as read; the rest goes to the badge. */
  look() {
    const log = /** @type {import("./message-log.js").MessageLog | null} */ (this.querySelector("onethread-log"));
    if (this.host.isRead && log?.isAtEnd && this.session.unread.length) this.session.markSeen();
    const count = this.session.unread.length;
    if (count !== this.unreadCount) this.host.tell("unread", { count });
    this.unreadCount = count;
  }

  updated() {
    if (this.session.messages.length) this.#fetchCards();
    this.#watchLink();
    this.look();
  }

  render() {
    const { session } = this;
    const isHome = session.messages.length === 0 && session.outbox.items.length === 0;
    return html`
      ${this.#header(isHome)} ${this.#banner()}
      <onethread-log .session=${session} .intro=${this.#intro()} .cards=${isHome ? this.#starters() : this.#cards()} @reading=${() => this.look()}></onethread-log>
      <onethread-composer .session=${session}></onethread-composer>
    `;
  }

  /** @param {boolean} isHome */
  #header(isHome) {
    const { brand, greeting, logo } = this.settings;
    const agent = this.session.conversation?.agent?.name;
    const who = agent || brand;
    const initial = [...(who || "·")][0].toLocaleUpperCase();
    const hasLogo = logo && !agent;
    return html`
      <div class=${classMap({ top: true, home: isHome })}>
        <div class="bar">
          ${hasLogo ? html`<img class="mark" src=${logo} alt="" />` : html`<span class="mark" aria-hidden="true">${initial}</span>`}
          <div class="who"><h1 dir="auto">${who}</h1>${isHome ? nothing : this.#status(agent ? brand : "")}</div>
          ${this.#closeButton()}
        </div>
        ${isHome ? html`<p class="greeting" dir="auto">${greeting || text("greeting")}</p>${this.#status("")}` : nothing}
      </div>
    `;
  }

  /** What the visitor may expect: who is there, how soon, or when again. @param {string} fixed */
  #status(fixed) {
    const { expectation, is_open: isOpen, opens_at: opensAt } = this.settings;
    const back = !isOpen && opensAt ? text("back", { when: weekdayTime(new Date(opensAt)) }) : "";
    const words = fixed || back || expectation;
    return words ? html`<p class=${classMap({ status: true, open: isOpen })} dir="auto">${words}</p>` : nothing;
  }

  #closeButton() {
    if (!this.host.isEmbedded) return nothing;
    const close = () => this.host.tell("close");
    return html`<button type="button" class="close" aria-label=${text("close")} @click=${close}>${icons.close}</button>`;
  }

  #banner() {
    const isRefused = this.session.linkState === "refused";
    const words = isRefused ? text("refused") : this.trouble && text(this.trouble);
    return html`<div class="banner ${this.trouble}" role="status">${words ? html`<p>${words}</p>` : nothing}</div>`;
  }

  #intro() {
    const { disclosure } = this.settings;
    return disclosure ? html`<p class="disclosure">${icons.spark}<span dir="auto">${disclosure}</span></p>` : nothing;
  }

  /** Questions to begin with, where the channel has some. */
  #starters() {
    const starters = this.settings.starters ?? [];
    return html`<div class="starters">
      ${starters.map((/** @type {string} */ words) => html`<button type="button" dir="auto" @click=${() => this.session.say(words)}>${words}</button>`)}
    </div>`;
  }

  #cards() {
    const { session } = this;
    const { conversation } = session;
    const isWaiting = conversation?.is_waiting && conversation.is_with_person !== false && !conversation.agent;
    return html`
      ${isWaiting ? html`<p class="card result" role="status">${icons.person}<span>${text("waitingPerson")}</span></p>` : nothing}
      ${this.areCardsHere ? html`<onethread-code .session=${session}></onethread-code><onethread-contact .session=${session}></onethread-contact>` : nothing}
    `;
  }

  /** Who only looks needs no forms: they come with the first message. */
  #fetchCards() {
    this.fetching ??= Promise.all([import("./code-card.js"), import("./contact-card.js")]).then(() => {
      this.areCardsHere = true;
      this.requestUpdate();
    });
  }

  /** A drop of a second is nobody's business; one of five is said plainly. */
  #watchLink() {
    if (this.session.isReady) {
      clearTimeout(this.troubleTimer);
      this.troubleTimer = undefined;
      this.#say("");
    } else if (!this.troubleTimer) {
      this.troubleTimer = setTimeout(() => {
        this.#say("reconnecting");
        this.troubleTimer = setTimeout(() => this.#say("offline"), OFFLINE_AFTER_MS - RECONNECTING_AFTER_MS);
      }, RECONNECTING_AFTER_MS);
    }
  }

  /** @param {"" | "reconnecting" | "offline"} trouble */
  #say(trouble) {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.requestUpdate();
  }
}

customElements.define("onethread-chat", Chat);
