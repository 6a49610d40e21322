/** A call to the shop: dial, what the line says as captions, what she says as text, keys, hang up. */
import { html, live, nothing } from "lit";
import { icon } from "#icons.js";
import { TourElement } from "#demo/element.js";
import { LINES } from "#demo/steps.js";

const EVERY_MS = 1_000;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

class PhoneCall extends TourElement {
  constructor() {
    super();
    this.call = "";
    this.isLive = false;
    this.isWithheld = false;
    this.hasKeys = false;
    /** @type {{is_hers: boolean, text: string}[]} */
    this.heard = [];
    this.value = "";
    this.waitsFor = "";
    this.begunAt = 0;
    this.shownCount = 0;
    this.onSuggest = (/** @type {any} */ event) => event.detail === "call" && this.#put(this.tour.suggested.call);
  }

  connectedCallback() {
    super.connectedCallback();
    this.tour.addEventListener("suggest", this.onSuggest);
    this.value = this.tour.suggested.call ?? "";
  }

  disconnectedCallback() {
    this.tour.removeEventListener("suggest", this.onSuggest);
    clearTimeout(this.timer);
    // Putting the phone away hangs up.
    if (this.isLive) this.tour.call("hangup", { call: this.call });
    super.disconnectedCallback();
  }

  updated() {
    const size = this.heard.length + (this.hasKeys ? 0.5 : 0);
    if (size === this.shownCount) return;
    this.shownCount = size;
    const log = this.querySelector(".captions");
    log?.scrollTo(0, log.scrollHeight);
  }

  render() {
    return html`<div class="call" ?data-live=${this.isLive}>
      <div class="call-head"><span class="shop-face" aria-hidden="true">F</span><h2>Fernhill Supply</h2><p>${this.isLive ? `${this.waitsFor === "recording" ? "Recording your message" : "On the line"} ${this.#length()}` : this.tour.settings.channels.phone}</p></div>
      ${this.call ? this.#captions() : nothing}
      ${this.isLive ? this.#speaking() : this.#dialling()}
    </div>`;
  }

  #captions() {
    return html`<div class="captions" role="log" aria-label="What is said" tabindex="0">
      ${this.heard.map((one) => html`<p ?data-hers=${one.is_hers}><span class="sr-only">${one.is_hers ? "You: " : "The line: "}</span>${one.text}</p>`)}
      ${this.isLive ? nothing : html`<p class="hint">The call has ended.</p>`}
    </div>`;
  }

  #dialling() {
    return html`
      <label class="check withhold"><input type="checkbox" .checked=${live(this.isWithheld)} @change=${(/** @type {any} */ event) => this.#withhold(event.target.checked)} /><span>Hide my number</span></label>
      <button class="round big go" type="button" aria-label=${this.call ? "Call again" : "Call"} @click=${this.#dial}>${icon("phone")}</button>
    `;
  }

  #speaking() {
    return html`
      ${this.hasKeys ? html`<div class="keypad" role="group" aria-label="Keypad">${KEYS.map((key) => html`<button type="button" @click=${() => this.#press(key)}>${key}</button>`)}</div>` : html`<div class="suggestions">${LINES.phone.map((words) => html`<button class="line" type="button" @click=${() => this.#put(words)}>${words}</button>`)}</div>`}
      <form class="app-compose" data-channel="phone" @submit=${this.#say}>
        <input aria-label="Say something" placeholder="Say something" maxlength="500" .value=${live(this.value)} @input=${this.#typed} />
        <button class="round" aria-label="Say it" ?disabled=${!this.value.trim()}>${icon("send")}</button>
      </form>
      <div class="call-row">
        <button class="round big" type="button" aria-pressed=${this.hasKeys} aria-label="Keypad" @click=${this.#toggleKeys}>${icon("keyboard")}</button>
        <button class="round big stop" type="button" aria-label="Hang up" @click=${this.#hangUp}>${icon("phone")}</button>
      </div>
    `;
  }

  #length() {
    const seconds = Math.floor((Date.now() - this.begunAt) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  async #dial() {
    this.heard = [];
    const told = await this.tour.call("start", { is_withheld: this.isWithheld });
    if (!told) return;
    this.call = told.call;
    this.isLive = true;
    this.begunAt = Date.now();
    this.requestUpdate();
    this.#look();
  }

  async #look() {
    clearTimeout(this.timer);
    const told = await this.tour.call("look", { call: this.call });
    if (told) {
      this.heard = told.heard;
      this.isLive = told.is_live;
      this.waitsFor = told.waits_for;
    }
    this.requestUpdate();
    if (this.isLive && this.isConnected) this.timer = setTimeout(() => this.#look(), EVERY_MS);
  }

  /** @param {Event} event */
  async #say(event) {
    event.preventDefault();
    const text = this.value.trim();
    if (!text) return;
    this.#put("");
    if (await this.tour.call("say", { call: this.call, text })) this.tour.called();
    this.#look();
  }

  /** @param {string} digits */
  async #press(digits) {
    await this.tour.call("say", { call: this.call, digits });
    this.#look();
  }

  async #hangUp() {
    await this.tour.call("hangup", { call: this.call });
    this.#look();
  }

  /** @param {string} words */
  #put(words) {
    this.value = words ?? "";
    this.tour.suggested = { ...this.tour.suggested, call: "" };
    this.requestUpdate();
    this.updateComplete.then(() =>
      /** @type {HTMLElement | null} */ (this.querySelector("form input"))?.focus({ preventScroll: true }),
    );
  }

  /** @param {boolean} isWithheld */
  #withhold(isWithheld) {
    this.isWithheld = isWithheld;
    this.requestUpdate();
  }

  #toggleKeys() {
    this.hasKeys = !this.hasKeys;
    this.requestUpdate();
  }

  /** @param {any} event */
  #typed(event) {
    this.value = event.target.value;
    this.requestUpdate();
  }
}

customElements.define("phone-call", PhoneCall);
