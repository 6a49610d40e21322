/** Writing to somebody first: by which channel, to which address, and what should be known before. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { Refused, request } from "#inbox/api.js";
import { channelName } from "#inbox/words.js";
import { Panel } from "#inbox/elements/panel.js";

/**
 * @typedef {{kind: string, address: string, customer: {id: number, name: string} | null, is_open: boolean, why: string,
 *   takes_template: boolean, warning: string, open: {id: number, number: number, subject: string}[]}} Outlook
 * @typedef {{address: string, name: string}} Suggestion
 */

const PAUSE_MS = 250;
const MAX_SUGGESTIONS = 6;

class NewConversation extends Panel {
  static properties = {
    channelId: { state: true },
    to: { state: true },
    found: { state: true },
    outlook: { state: true },
    error: { state: true },
    isSending: { state: true },
  };

  constructor() {
    super();
    this.channelId = 0;
    this.to = "";
    /** @type {Suggestion[]} */
    this.found = [];
    /** @type {Outlook | null} */
    this.outlook = null;
    this.error = "";
    this.isSending = false;
    /** One beginning, however often its button is pressed. */
    this.clientId = crypto.randomUUID();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.asking = undefined;
  }

  firstUpdated() {
    this.querySelector("dialog")?.showModal();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.asking);
  }

  get channels() {
    return this.inbox.state.channels.filter((channel) => channel.can_begin);
  }

  get channel() {
    return this.channels.find((channel) => channel.id === this.channelId) ?? this.channels[0];
  }

  render() {
    return html`<dialog class="beginning" aria-labelledby="beginning-title" @close=${() => this.inbox.show({ overlay: null })} @click=${this.#outside}>
      <form class="beginning-box" @submit=${this.#submit} novalidate>
        <header class="help-head">
          <h2 id="beginning-title">${t("New conversation")}</h2>
          <button class="button ghost square" type="button" aria-label=${t("Close")} @click=${this.#close}>${icon("close")}</button>
        </header>
        ${this.channel ? this.#fields(this.channel) : html`<p class="quiet">${t("No channel is connected by which somebody could be written to first.")}</p>`}
      </form>
    </dialog>`;
  }

  /** @param {import("#inbox/rows.js").Channel} channel */
  #fields(channel) {
    const isMail = channel.has_recipients;
    return html`
      <fieldset class="beginning-channels">
        <legend class="sr-only">${t("Channel")}</legend>
        ${this.channels.map((one) => this.#channelChoice(one, one.id === channel.id))}
      </fieldset>
      <div class="field">
        <label for="beginning-to">${isMail ? t("To: an e-mail address") : t("To: a number, with its country code")}</label>
        <input
          id="beginning-to"
          type="text"
          inputmode=${isMail ? "email" : "tel"}
          placeholder=${isMail ? "kim@example.com" : "+44 7700 900123"}
          autocomplete="off"
          spellcheck="false"
          list="beginning-found"
          maxlength="320"
          aria-describedby="beginning-outlook"
          aria-invalid=${this.error ? "true" : "false"}
          autofocus
          .value=${this.to}
          @input=${this.#typed}
        />
        <datalist id="beginning-found">${this.found.map((one) => html`<option value=${one.address}>${one.name}</option>`)}</datalist>
        <div id="beginning-outlook" role="status">${this.#outlookWords()}</div>
      </div>
      ${this.outlook && !this.outlook.customer ? this.#text("name", t("Name, if you know it"), 200) : nothing}
      ${isMail ? this.#text("subject", t("Subject"), 300) : nothing}
      <footer class="beginning-foot">
        <button class="button ghost" type="button" @click=${this.#close}>${t("Cancel")}</button>
        <button class="button primary" type="submit" ?disabled=${!this.to.trim() || this.isSending}>${icon("reply")}${t("Start writing")}</button>
      </footer>`;
  }

  /** @param {import("#inbox/rows.js").Channel} channel @param {boolean} isChosen */
  #channelChoice(channel, isChosen) {
    return html`<label class="beginning-channel" data-channel=${channel.kind}>
      <input class="sr-only" type="radio" name="channel" value=${channel.id} .checked=${isChosen} @change=${() => this.#chooseChannel(channel.id)} />
      ${icon(channel.kind)}<span dir="auto">${channel.name || channelName(channel.kind)}</span>
    </label>`;
  }

  /** @param {string} name @param {string} label @param {number} longest */
  #text(name, label, longest) {
    return html`<div class="field"><label for=${`beginning-${name}`}>${label}</label><input id=${`beginning-${name}`} name=${name} type="text" maxlength=${longest} dir="auto" autocomplete="off" /></div>`;
  }

  /** Whose it is and what speaks against it. */
  #outlookWords() {
    if (this.error) return html`<p class="field-error">${this.error}</p>`;
    const { outlook } = this;
    if (!outlook) return nothing;
    return html`
      ${outlook.customer ? html`<p class="field-help">${icon("customer")}<bdi>${outlook.customer.name}</bdi></p>` : html`<p class="field-help">${t("Nobody has this address yet.")}</p>`}
      ${outlook.open.map((one) => html`<p class="beginning-open">${icon("inbox")}<span>${t("Open already: #{number}", { number: one.number })} <bdi>${one.subject}</bdi></span><button class="button" type="button" @click=${() => this.#goTo(one.id)}>${t("Go there instead")}</button></p>`)}
      ${outlook.warning ? html`<p class="beginning-doubt">${icon("alert")}<span>${outlook.warning}</span></p>` : nothing}
      ${!outlook.is_open && outlook.takes_template ? html`<p class="beginning-doubt">${icon("article")}<span>${t("A first message there is one of your templates.")}</span></p>` : nothing}
      ${!outlook.is_open && !outlook.takes_template ? html`<p class="beginning-doubt">${icon("ban")}<span>${outlook.why}</span></p>` : nothing}`;
  }

  /** @param {number} id */
  #chooseChannel(id) {
    this.channelId = id;
    this.outlook = null;
    this.error = "";
    this.#ask();
  }

  /** @param {InputEvent} event */
  #typed = (event) => {
    this.to = /** @type {HTMLInputElement} */ (event.target).value;
    this.error = "";
    this.outlook = null;
    this.#ask();
  };

  #ask() {
    clearTimeout(this.asking);
    if (this.to.trim().length < 2) return;
    this.asking = setTimeout(() => void this.#look(), PAUSE_MS);
  }

  async #look() {
    const { to, channel } = this;
    const isStill = () => this.to === to && this.channel === channel && this.isConnected;
    const wanted = encodeURIComponent(to.trim());
    const [people, outlook] = await Promise.all([
      request(`/api/v1/customers/?q=${wanted}&page_size=${MAX_SUGGESTIONS}`).catch(() => null),
      request(`/api/v1/conversations/outlook/?channel=${channel.id}&to=${wanted}`).catch(() => null),
    ]);
    if (!isStill()) return;
    this.found = suggestions(people?.results ?? [], channel.kind);
    this.outlook = outlook;
  }

  /** @param {Event} event */
  #submit = async (event) => {
    event.preventDefault();
    if (!this.to.trim() || this.isSending) return;
    this.isSending = true;
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const channel = this.channel;
    try {
      const row = await request("/api/v1/conversations/", {
        channel: channel.id,
        to: this.to.trim(),
        name: fields.get("name") ?? "",
        subject: fields.get("subject") ?? "",
        client_id: this.clientId,
      });
      await this.#goTo(row.id, `${row.identity}:${channel.id}`);
    } catch (error) {
      this.error = error instanceof Refused ? whyNot(error) : t("The server can't be reached. Try again in a moment.");
    } finally {
      this.isSending = false;
    }
  };

  /** @param {number} id @param {string} [target]  where the first message goes */
  async #goTo(id, target) {
    const { inbox } = this;
    await inbox.loadThread(id);
    this.#close();
    inbox.open(id);
    await new Promise((done) => requestAnimationFrame(done));
    const chosen = target === undefined ? {} : { target };
    inbox.show({ compose: { mode: "reply", focus: inbox.screen.compose.focus + 1, ...chosen } });
  }

  #close = () => this.querySelector("dialog")?.close();

  /** @param {MouseEvent} event */
  #outside = (event) => {
    if (event.target === event.currentTarget) this.#close();
  };
}

/** @param {any[]} people @param {string} kind @returns {Suggestion[]} */
function suggestions(people, kind) {
  const wanted = kind === "email" ? "email" : "phone";
  const all = people.flatMap((one) =>
    one.identities.map((/** @type {any} */ identity) => ({ ...identity, name: one.name })),
  );
  const known = all.filter((one) => one.kind === wanted && one.assurance !== "claimed");
  return known.slice(0, MAX_SUGGESTIONS).map(({ address, name }) => ({ address, name }));
}

/** @param {Refused} error */
const whyNot = (error) => Object.values(error.body?.fields ?? {})[0]?.[0] ?? error.message;

customElements.define("new-conversation", NewConversation);
