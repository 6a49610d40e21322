import { SessionElement, html, live, nothing } from "../element.js";
import { icons } from "../icons.js";
import { text } from "../texts.js";

const TEXT_MAX = 4_000;
const WARN_BELOW = 200;
const SAVE_AFTER_MS = 300;

/** Where the visitor writes. What stands here is kept until it is sent, over tabs and page loads. */
export class Composer extends SessionElement {
  constructor() {
    super();
    this.value = "";
  }

  connectedCallback() {
    super.connectedCallback();
    this.value = String(this.session.memory.read("draft", "")).slice(0, TEXT_MAX);
    this.onHide = () => this.#save();
    addEventListener("pagehide", this.onHide);
  }

  disconnectedCallback() {
    if (this.onHide) removeEventListener("pagehide", this.onHide);
    super.disconnectedCallback();
  }

  get field() {
    return /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
  }

  focusField() {
    this.field.focus({ preventScroll: true });
  }

  /** @param {string} [what] */
  sessionChanged(what) {
    if (what === "draft" && document.activeElement !== this.field) {
      this.value = String(this.session.memory.read("draft", "")).slice(0, TEXT_MAX);
    }
    this.requestUpdate();
  }

  updated() {
    // No style attribute: the frame's policy allows none. The browser's own growing is not everywhere yet.
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  render() {
    const left = TEXT_MAX - this.value.length;
    const hasAgent = Boolean(this.session.conversation?.agent);
    return html`
      <form class="composer" @submit=${this.#submit}>
        <textarea rows="1" dir="auto" maxlength=${TEXT_MAX} enterkeyhint="send" autocomplete="off"
          aria-label=${text("placeholder")} placeholder=${text("placeholder")} .value=${live(this.value)}
          @input=${this.#typed} @keydown=${this.#key}></textarea>
        <div class="tools">
          ${hasAgent ? nothing : html`<button type="button" class="talk" @click=${this.#talk}>${icons.person}${text("talk")}</button>`}
          <span class="left" role="status">${left < WARN_BELOW ? text("left", { count: left }) : nothing}</span>
          <button class="send" aria-label=${text("send")} aria-disabled=${this.value.trim() ? "false" : "true"}>${icons.send}</button>
        </div>
      </form>
    `;
  }

  #typed() {
    this.value = this.field.value;
    if (this.value.trim()) this.session.type();
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => this.#save(), SAVE_AFTER_MS);
    this.requestUpdate();
  }

  #save() {
    clearTimeout(this.saveTimer);
    this.session.memory.write("draft", this.value || undefined);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // While an input method is composing, Enter picks a word. 229 is how Safari says so.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.#submit(event);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    if (this.value.trim()) this.session.say(this.value);
    this.value = "";
    this.#save();
    this.requestUpdate();
    this.focusField();
  }

  #talk() {
    this.session.say(text("talkWish"));
    this.focusField();
  }
}

customElements.define("onethread-composer", Composer);
