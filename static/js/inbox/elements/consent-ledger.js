/** What one address allows and forbids us: how it stands, every entry, and noting what an agent was told. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { dayName } from "#moments.js";
import { request } from "#inbox/api.js";
import { because, entryWords, kindsOf, newest, standing, standingWords } from "#inbox/consents.js";
import { channelName } from "#inbox/words.js";
import { Panel } from "#inbox/elements/panel.js";

const PICTURES = { stopped: "ban", "no-marketing": "flag", open: "check" };

class ConsentLedger extends Panel {
  static properties = {
    identity: { attribute: false },
    customer: { attribute: false },
    isSaving: { state: true },
    wrong: { state: true },
  };

  constructor() {
    super();
    /** @type {import("#inbox/rows.js").Identity} */
    this.identity = /** @type {any} */ (null);
    /** @type {import("#inbox/rows.js").Customer} */
    this.customer = /** @type {any} */ (null);
    this.isSaving = false;
    this.wrong = "";
  }

  render() {
    const kinds = kindsOf(this.identity, this.inbox.state.channels);
    if (!kinds.length) return nothing;
    const entries = this.identity.consents ?? [];
    return html`<ul class="consent-states">${kinds.map((kind) => this.#state(kind))}</ul>
      <details class="consent-more">
        <summary>${t("Consent")}</summary>
        ${entries.length ? html`<ol class="consent-entries">${entries.map((one) => html`<li><time datetime=${one.said_at}>${dayName(one.said_at, Date.now())}</time> <span dir="auto">${entryWords(one)}</span></li>`)}</ol>` : nothing}
        ${this.#form(kinds)}
      </details>`;
  }

  /** @param {string} kind */
  #state(kind) {
    const stands = /** @type {keyof typeof PICTURES} */ (standing(this.identity, kind));
    const entry = newest(this.identity, kind, stands === "no-marketing" ? "marketing" : "all");
    if (!entry) return nothing;
    return html`<li data-standing=${stands}>
      ${icon(PICTURES[stands])}
      <span>${channelName(kind)}: ${standingWords(stands)} <small dir="auto">${because(entry)}, ${dayName(entry.said_at, Date.now())}</small></span>
    </li>`;
  }

  /** @param {string[]} kinds */
  #form(kinds) {
    const id = `consent-${this.identity.id}`;
    return html`<form class="consent-form" @submit=${this.#submit}>
      <label for=${`${id}-kind`}>${t("By")}</label>
      <select id=${`${id}-kind`} name="channel_kind">${kinds.map((kind) => html`<option value=${kind}>${channelName(kind)}</option>`)}</select>
      <label for=${`${id}-state`}>${t("Wish")}</label>
      <select id=${`${id}-state`} name="wish">
        <option value="stopped all">${t("No more messages")}</option>
        <option value="stopped marketing">${t("No more advertisements")}</option>
        <option value="started all">${t("Messages again")}</option>
        <option value="started marketing">${t("Advertisements again")}</option>
      </select>
      <label for=${`${id}-reason`}>${t("How you know")}</label>
      <input id=${`${id}-reason`} name="reason" maxlength="300" required autocomplete="off" dir="auto" aria-describedby=${this.wrong ? `${id}-wrong` : nothing} />
      ${this.wrong ? html`<p class="consent-wrong" id=${`${id}-wrong`} role="alert">${this.wrong}</p>` : nothing}
      <button class="button" type="submit" ?disabled=${this.isSaving}>${t("Note it")}</button>
    </form>`;
  }

  /** @param {SubmitEvent} event */
  #submit = async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const given = new FormData(form);
    const [state, scope] = String(given.get("wish")).split(" ");
    const reason = String(given.get("reason") ?? "").trim();
    this.wrong = reason ? "" : t("Say how you know: it is asked for later.");
    if (!reason) return;
    this.isSaving = true;
    const body = { identity: this.identity.id, channel_kind: given.get("channel_kind"), state, scope, reason };
    try {
      await request(`/api/v1/customers/${this.customer.id}/consents/`, body);
      form.reset();
      this.inbox.say(t("Noted."));
    } catch (error) {
      this.wrong = error instanceof Error ? error.message : String(error);
    } finally {
      this.isSaving = false;
    }
  };
}

customElements.define("consent-ledger", ConsentLedger);
