import { SessionElement, html, nothing } from "../element.js";
import { parseContact } from "../contact.js";
import { icons } from "../icons.js";
import { text } from "../texts.js";

/** Offers, once, to leave an address for answers that come after the visitor has gone. */
export class ContactCard extends SessionElement {
  constructor() {
    super();
    this.value = "";
    this.isUnreadable = false;
  }

  render() {
    const { session } = this;
    const left = session.memory.read("contact", null);
    const hasWritten = session.messages.some((message) => message.direction === "inbound");
    const isRefused = session.problem?.about === "claim";
    const isBusy = session.challenge?.state === "pending";
    if (!session.hasSnapshot || !hasWritten || isBusy) return nothing;
    // An address told in a message and proved is left as well.
    if (!left && session.challenge?.state === "proved") session.memory.write("contact", "left");
    if (session.challenge?.state === "proved") return nothing;
    if (left && !isRefused) return this.#isNews() ? this.#thanks(session.claimed ?? "") : nothing;
    return this.#form(
      isRefused ? session.problem?.text || text(session.problem?.text === null ? "noAnswer" : "claimInvalid") : "",
    );
  }

  /** A proved address has its own thanks. */
  #isNews() {
    const { session } = this;
    return session.claimed && session.saidCount === session.claimedAtCount && session.challenge?.state !== "proved";
  }

  /** @param {string} address */
  #thanks(address) {
    const [before, after] = text("claimThanks", { address: "\u0000" }).split("\u0000");
    return html`<p class="card result" role="status">${icons.check}<span>${before}<bdi>${address}</bdi>${after}</span></p>`;
  }

  /** @param {string} refusal */
  #form(refusal) {
    const problem = this.isUnreadable ? text("claimInvalid") : refusal;
    return html`
      <form class="card contact" novalidate @submit=${this.#submit}>
        <label for="contact-address">${text("claimLead")}</label>
        <div class="row">
          <input id="contact-address" type="text" inputmode="email" autocomplete="email" autocapitalize="off"
            spellcheck="false" maxlength="254" dir="auto" placeholder=${text("claimLabel")} aria-describedby="contact-said"
            aria-invalid=${problem ? "true" : "false"} .value=${this.value} @input=${this.#typed} />
          <button class="save">${text("claimSave")}</button>
        </div>
        <p id="contact-said" class="said problem" role="status">${problem}</p>
        <button type="button" class="quiet skip" @click=${this.#skip}>${text("claimSkip")}</button>
      </form>
    `;
  }

  /** @param {InputEvent} event */
  #typed(event) {
    this.value = /** @type {HTMLInputElement} */ (event.target).value;
    if (this.isUnreadable && parseContact(this.value)) this.isUnreadable = false;
    this.requestUpdate();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const contact = parseContact(this.value);
    this.isUnreadable = !contact;
    if (contact) {
      this.session.claim(contact.address);
      if (this.session.asked) this.session.memory.write("contact", "left");
    }
    this.requestUpdate();
  }

  #skip() {
    this.session.memory.write("contact", "skipped");
    this.requestUpdate();
  }
}

customElements.define("onethread-contact", ContactCard);
