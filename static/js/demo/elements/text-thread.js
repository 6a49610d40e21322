/** Texts or WhatsApps with the shop: the thread and where she writes. */
import { html, live, nothing, repeat } from "lit";
import { icon } from "#icons.js";
import { TourElement, clock } from "#demo/element.js";
import { LINES, codeIn } from "#demo/steps.js";

const NAMES = /** @type {Record<string, string>} */ ({ sms: "Text", whatsapp: "WhatsApp" });

class TextThread extends TourElement {
  static properties = { ...TourElement.properties, app: { attribute: false } };

  constructor() {
    super();
    this.app = "sms";
    this.value = "";
    this.shownCount = -1;
    this.onSuggest = (/** @type {any} */ event) => event.detail === this.app && this.#take();
  }

  connectedCallback() {
    super.connectedCallback();
    this.tour.addEventListener("suggest", this.onSuggest);
    this.#take();
  }

  disconnectedCallback() {
    this.tour.removeEventListener("suggest", this.onSuggest);
    super.disconnectedCallback();
  }

  get lines() {
    return this.tour.visit.lines[this.app] ?? [];
  }

  updated() {
    if (this.lines.length === this.shownCount) return;
    this.shownCount = this.lines.length;
    const log = this.querySelector(".bubbles");
    log?.scrollTo(0, log.scrollHeight);
  }

  render() {
    const { app, lines, tour } = this;
    return html`
      <header class="app-head" data-channel=${app}>
        <span class="shop-face" aria-hidden="true">F</span>
        <h2>Fernhill Supply<small>${tour.settings.channels[app]}</small></h2>
      </header>
      <div class="bubbles" data-channel=${app} role="log" aria-label="${NAMES[app]} messages" tabindex="0">
        ${repeat(
          lines,
          (line) => line.id,
          (line) => this.#bubble(line),
        )}
        ${lines.length ? nothing : html`<p class="hint">Nothing yet. Tap a line below, or write your own.</p>`}
      </div>
      ${lines.some((line) => line.isHers) ? nothing : html`<div class="suggestions">${LINES[app].map((words) => html`<button class="line" type="button" @click=${() => this.#put(words)}>${words}</button>`)}</div>`}
      <form class="app-compose" data-channel=${app} @submit=${this.#send}>
        <textarea rows="1" aria-label="${NAMES[app]} message" placeholder="${NAMES[app]} message" maxlength="1600" .value=${live(this.value)} @input=${this.#typed} @keydown=${this.#key}></textarea>
        <button class="round" aria-label="Send" ?disabled=${!this.value.trim()}>${icon("send")}</button>
      </form>
    `;
  }

  /** @param {import("#demo/tour.js").Line} line */
  #bubble(line) {
    const code = line.isHers ? "" : codeIn(line.body);
    return html`<div class="bubble" ?data-hers=${line.isHers} ?data-failed=${line.state === "failed"}>
      <p dir="auto"><span class="sr-only">${line.isHers ? "You: " : "Fernhill Supply: "}</span>${line.body}</p>
      ${line.fileCount ? html`<p class="hint">${line.fileCount} ${line.fileCount === 1 ? "file" : "files"}</p>` : nothing}
      ${code ? html`<p class="hint">Type ${code} into the chat.</p>` : nothing}
      <small>${line.state === "failed" ? "Not sent" : line.state === "sending" ? "Sending" : html`<time datetime=${line.at}>${clock(line.at)}</time>`}</small>
    </div>`;
  }

  /** A line that was suggested for this app, and the field to send it from. */
  #take() {
    const words = this.tour.suggested[this.app];
    if (!words) return;
    this.tour.suggested = { ...this.tour.suggested, [this.app]: "" };
    this.#put(words);
  }

  /** @param {string} words */
  #put(words) {
    this.value = words;
    this.requestUpdate();
    this.updateComplete.then(() => {
      this.#grow();
      this.querySelector("textarea")?.focus({ preventScroll: true });
    });
  }

  /** @param {InputEvent} event */
  #typed(event) {
    this.value = /** @type {HTMLTextAreaElement} */ (event.target).value;
    this.#grow();
    this.requestUpdate();
  }

  #grow() {
    const field = /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 110)}px`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#send(event);
  }

  /** @param {Event} event */
  #send(event) {
    event.preventDefault();
    const words = this.value.trim();
    if (!words) return;
    this.tour.send(this.app, words);
    this.#put("");
  }
}

customElements.define("text-thread", TextThread);
