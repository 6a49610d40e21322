/** Her mailbox: what came and what she sent, one mail open, and a letter she writes. */
import { html, live, nothing, repeat } from "lit";
import { icon } from "#icons.js";
import { TourElement, clock } from "#demo/element.js";
import { LINES } from "#demo/steps.js";

class HerMail extends TourElement {
  constructor() {
    super();
    this.subject = "";
    this.text = "";
    this.isSending = false;
    this.onSuggest = (/** @type {any} */ event) => event.detail === "mail" && this.#take();
    this.onPerson = () => this.#clear();
  }

  connectedCallback() {
    super.connectedCallback();
    this.tour?.addEventListener("suggest", this.onSuggest);
    this.tour?.addEventListener("person", this.onPerson);
  }

  firstUpdated() {
    this.tour.addEventListener("suggest", this.onSuggest);
    this.tour.addEventListener("person", this.onPerson);
  }

  render() {
    const { isWriting, mail } = this.tour.screen;
    const open = this.tour.visit.mails.find((one) => one.id === mail);
    if (isWriting) return this.#letter(open);
    return open ? this.#reading(open) : this.#list();
  }

  #list() {
    const mails = [...this.tour.visit.mails].reverse();
    return html`
      <div class="mail-bar"><h2>Inbox</h2><button class="button" type="button" @click=${() => this.#write("")}>${icon("plus")}<span>New mail</span></button></div>
      <ul class="mails" aria-label="Mails">
        ${repeat(
          mails,
          (one) => one.id,
          (one) => this.#row(one),
        )}
      </ul>
      ${mails.length ? nothing : html`<p class="hint">No mail yet. Write one to the shop, or leave your address in the chat.</p>`}
    `;
  }

  /** @param {import("#demo/tour.js").Mail} one */
  #row(one) {
    const isNew = !one.isHers && !this.tour.visit.seen.includes(one.id);
    return html`<li><button class="mail-row" type="button" ?data-new=${isNew} @click=${() => this.tour.show({ mail: one.id })}>
      <span class="mail-from">${isNew ? html`<span class="sr-only">New, from </span>` : nothing}${one.isHers ? "To Fernhill Supply" : sender(one.from)}</span><time datetime=${one.at}>${clock(one.at)}</time>
      <span class="mail-subject">${one.subject}</span><span class="mail-preview">${one.text}</span>
    </button></li>`;
  }

  /** @param {import("#demo/tour.js").Mail} mail */
  #reading(mail) {
    const [own, quoted] = folded(mail.text);
    return html`
      <div class="mail-bar"><button class="button ghost" type="button" @click=${() => this.tour.show({ mail: "" })}>${icon("back")}<span>Inbox</span></button>
        ${mail.isHers ? nothing : html`<button class="button" type="button" @click=${() => this.#write(mail.id)}>${icon("reply")}<span>Reply</span></button>`}</div>
      <article class="mail-open" tabindex="0" aria-label=${mail.subject}>
        <h2>${mail.subject}</h2>
        <p class="hint">${mail.isHers ? `To ${this.tour.settings.channels.email}` : `From ${sender(mail.from)}`}, <time datetime=${mail.at}>${clock(mail.at)}</time></p>
        <p class="mail-text" dir="auto">${own}</p>
        ${quoted ? html`<details class="mail-quoted"><summary>Earlier mails</summary><p class="mail-text" dir="auto">${quoted}</p></details>` : nothing}
      </article>
    `;
  }

  /** @param {import("#demo/tour.js").Mail | undefined} answered */
  #letter(answered) {
    return html`
      <form class="letter" @submit=${(/** @type {Event} */ event) => this.#send(event, answered)}>
        <div class="mail-bar"><button class="button ghost" type="button" @click=${() => this.tour.show({ isWriting: false })}>${icon("back")}<span>Back</span></button>
          <button class="button primary" ?disabled=${this.isSending || !this.text.trim()}>${icon("send")}<span>${this.isSending ? "Sending" : "Send mail"}</span></button></div>
        <p class="letter-to"><span>To</span>${this.tour.settings.channels.email}</p>
        <label><span>Subject</span><input name="subject" maxlength="200" .value=${live(this.subject)} @input=${(/** @type {any} */ event) => this.#typed("subject", event)} /></label>
        <textarea aria-label="Your mail" placeholder="Write to the shop" maxlength="8000" .value=${live(this.text)} @input=${(/** @type {any} */ event) => this.#typed("text", event)}></textarea>
        ${this.text ? nothing : html`<div class="suggestions">${LINES.email.map((words) => html`<button class="line" type="button" @click=${() => this.#put(words)}>${words}</button>`)}</div>`}
      </form>
    `;
  }

  /** @param {string} answering */
  #write(answering) {
    const original = this.tour.visit.mails.find((one) => one.id === answering);
    this.subject = original ? `Re: ${original.subject.replace(/^(re:\s*)+/i, "")}` : "";
    this.text = "";
    this.tour.show({ isWriting: true, mail: answering });
    this.updateComplete.then(() => this.querySelector("textarea")?.focus());
  }

  #take() {
    this.subject = "About my order";
    this.#put(this.tour.suggested.mail);
  }

  /** @param {string} words */
  #put(words) {
    this.text = words;
    if (!this.subject) this.subject = "About my order";
    this.requestUpdate();
    this.updateComplete.then(() => this.querySelector("textarea")?.focus());
  }

  /** @param {"subject" | "text"} name @param {{target: HTMLInputElement}} event */
  #typed(name, event) {
    this[name] = event.target.value;
    this.requestUpdate();
  }

  /** @param {Event} event @param {import("#demo/tour.js").Mail | undefined} answered */
  async #send(event, answered) {
    event.preventDefault();
    this.isSending = true;
    this.requestUpdate();
    const letter = { subject: this.subject, text: this.text, ...(answered ? { answering: answered.id } : {}) };
    const isSent = await this.tour.sendMail(letter);
    this.isSending = false;
    if (isSent) this.#clear();
    this.requestUpdate();
  }

  #clear() {
    this.subject = "";
    this.text = "";
    this.tour.show({ isWriting: false, mail: "" });
  }
}

// The first line of what a shop's answer quotes, as mail programs know it.
const QUOTED = /\n\nOn \d{1,2} \p{L}+ \d{4} at \d\d:\d\d UTC, .{1,100} wrote:\n>/u;

/** What is new in a mail, and what it quotes, which mail programs fold. @param {string} text */
function folded(text) {
  const at = text.search(QUOTED);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at).trim()];
}

/** The name of a sender, else the address. @param {string} from */
function sender(from) {
  return from.replace(/\s*<[^>]*>$/, "").replaceAll('"', "") || from;
}

customElements.define("her-mail", HerMail);
