import { SessionElement, html, nothing } from "../element.js";
import { codeIn } from "../contact.js";
import { icons } from "../icons.js";
import { text } from "../texts.js";

const LENGTH = 6;

/** Asks for the code that was sent to an address, and says kindly what became of it. */
export class CodeCard extends SessionElement {
  constructor() {
    super();
    this.value = "";
    /** @type {unknown} the request this page saw open: an old result is no news */
    this.openedId = null;
  }

  willUpdate() {
    const { challenge } = this.session;
    if (challenge?.state === "pending" && challenge.id !== this.openedId) {
      this.openedId = challenge.id;
      this.value = "";
    }
    if (challenge?.state === "pending") this.saidCount = this.session.saidCount;
    if (this.session.problem?.about === "code" && this.value.length === LENGTH && this.wasAsked) this.value = "";
    this.wasAsked = this.session.asked === "code";
  }

  render() {
    const { challenge } = this.session;
    const isNews = challenge && challenge.id === this.openedId && this.session.saidCount === this.saidCount;
    return html`<div aria-live="polite">${isNews ? this.#card(challenge) : nothing}</div>`;
  }

  /** @param {any} challenge */
  #card(challenge) {
    const address = html`<bdi>${challenge.address_hint}</bdi>`;
    if (challenge.state === "proved") return result(icons.check, filled("codeProved", address));
    if (challenge.state === "expired") return this.#expired();
    const isAsked = this.session.asked === "code";
    const problem = this.#problem();
    return html`
      <section class="card code" aria-labelledby="code-title">
        <h3 id="code-title">${icons.shield}${text("codeTitle")}</h3>
        <p id="code-lead">${filled("codeLead", address)}</p>
        <input class=${problem ? "wrong" : ""} inputmode="numeric" autocomplete="one-time-code" autocapitalize="off"
          spellcheck="false" dir="ltr" aria-label=${text("codeLabel")} aria-describedby="code-lead code-said"
          aria-invalid=${problem ? "true" : "false"} .value=${this.value} ?readonly=${isAsked}
          @input=${this.#typed} @paste=${this.#pasted} />
        <p id="code-said" class=${problem ? "said problem" : "said"}>${isAsked ? text("codeChecking") : problem}</p>
      </section>
    `;
  }

  #problem() {
    const { problem } = this.session;
    if (problem?.about !== "code") return "";
    return problem.text || text(problem.text === null ? "noAnswer" : "codeWrong");
  }

  #expired() {
    const { claimed } = this.session;
    const again = html`<button type="button" class="quiet" @click=${() => this.session.claim(claimed ?? "")}>${text("codeAgain")}</button>`;
    return result(icons.alert, html`${text("codeExpired")} ${claimed ? again : nothing}`);
  }

  /** @param {InputEvent} event */
  #typed(event) {
    this.#take(/** @type {HTMLInputElement} */ (event.target));
  }

  /** @param {ClipboardEvent} event */
  #pasted(event) {
    const pasted = codeIn(event.clipboardData?.getData("text") ?? "");
    if (pasted.length !== LENGTH) return;
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (event.target);
    field.value = pasted;
    this.#take(field);
  }

  /** @param {HTMLInputElement} field */
  #take(field) {
    const code = codeIn(field.value);
    if (field.value !== code) field.value = code;
    const isNew = code !== this.value;
    this.value = code;
    if (isNew && code.length === LENGTH) this.session.verify(code);
    else this.requestUpdate();
  }
}

/** @param {unknown} icon @param {unknown} words */
const result = (icon, words) => html`<p class="card result">${icon}<span>${words}</span></p>`;

/** A sentence with an element in the place of {address}. @param {string} name @param {unknown} address */
function filled(name, address) {
  const [before, after] = text(name, { address: "\u0000" }).split("\u0000");
  return html`${before}${address}${after}`;
}

customElements.define("onethread-code", CodeCard);
