import { SessionElement, html, nothing, repeat } from "../element.js";
import { icons } from "../icons.js";
import { dayName, text } from "../texts.js";
import { entries } from "../timeline.js";
import { messageTemplate } from "./message.js";

/** @typedef {import("../types.js").DayEntry | import("../types.js").MessageEntry} Entry */

const SHOWN_AT_FIRST = 150;
const NEAR_END_PX = 60;

/** The conversation, kept at its end unless the visitor reads further up. */
export class MessageLog extends SessionElement {
  static properties = { intro: { attribute: false }, cards: { attribute: false } };

  constructor() {
    super();
    /** @type {unknown} */
    this.intro = nothing;
    /** @type {unknown} */
    this.cards = nothing;
    this.shownMax = SHOWN_AT_FIRST;
    this.isAtEnd = true;
    this.saidCount = 0;
  }

  get scroller() {
    return /** @type {HTMLElement} */ (this.querySelector(".scroll"));
  }

  firstUpdated() {
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // The keyboard of a phone, a growing composer: whoever stood at the end stays there.
    const sizes = new ResizeObserver(() => this.isAtEnd && this.toEnd());
    sizes.observe(this.scroller);
    sizes.observe(/** @type {HTMLElement} */ (this.querySelector(".content")));
  }

  willUpdate() {
    const { saidCount } = this.session;
    if (saidCount > this.saidCount) this.isAtEnd = true;
    this.saidCount = saidCount;
  }

  updated() {
    if (this.isAtEnd) this.toEnd();
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  render() {
    const all = entries(this.session.messages, this.session.outbox.items);
    const shown = all.slice(-this.shownMax);
    const hasNews = !this.isAtEnd && this.session.unread.length > 0;
    // History is not read out; what comes after it is.
    const live = this.session.hasSnapshot ? "polite" : "off";
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label=${text("log")}>
        <div class="content">
          ${this.intro}
          ${shown.length < all.length ? html`<button type="button" class="quiet earlier" @click=${this.#showMore}>${text("earlier")}</button>` : nothing}
          <div role="log" aria-label=${text("log")} aria-live=${live} aria-relevant="additions">
            ${repeat(
              shown,
              (/** @type {Entry} */ entry) => entry.key,
              (/** @type {Entry} */ entry) =>
                entry.type === "day"
                  ? html`<h2 class="day"><span>${dayName(entry.date)}</span></h2>`
                  : messageTemplate(entry, this.session),
            )}
          </div>
          ${this.#typing()} ${this.cards}
        </div>
      </div>
      ${hasNews ? html`<button type="button" class="jump" @click=${this.#jump}>${icons.down}${text("newMessages")}</button>` : nothing}
    `;
  }

  #typing() {
    const { typist } = this.session;
    if (!typist) return nothing;
    const words = typist.kind === "ai" ? text("typingAi") : text("typing", { name: typist.name });
    return html`<p class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span dir="auto">${words}</span></p>`;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (isAtEnd === this.isAtEnd) return;
    this.isAtEnd = isAtEnd;
    this.dispatchEvent(new CustomEvent("reading", { bubbles: true }));
    this.requestUpdate();
  }

  #showMore() {
    this.shownMax += SHOWN_AT_FIRST;
    this.isAtEnd = false;
    this.requestUpdate();
  }

  #jump() {
    this.isAtEnd = true;
    this.toEnd();
    this.requestUpdate();
  }
}

customElements.define("onethread-log", MessageLog);
