/** The brief: what a person must know before typing a word. Folded once somebody has answered. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { thread } from "#inbox/selectors.js";
import { channelName, factName } from "#inbox/words.js";
import { time } from "#inbox/elements/parts.js";
import { Panel } from "#inbox/elements/panel.js";

/** @typedef {import("#inbox/rows.js").Handoff} Handoff */

class HandoffBrief extends Panel {
  static properties = { brief: { attribute: false }, isOpen: { state: true } };

  constructor() {
    super();
    /** @type {Handoff} */
    this.brief = /** @type {any} */ (null);
    /** @type {boolean | null} null: nobody chose, so it follows what happened */
    this.isOpen = null;
    this.briefId = 0;
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    super.willUpdate(changed);
    if (this.brief.id === this.briefId) return;
    this.briefId = this.brief.id;
    this.isOpen = null;
  }

  render() {
    const { brief } = this;
    const isOpen = this.isOpen ?? !this.#isAnswered();
    return html`<section class="brief" aria-labelledby="brief-title" ?data-open=${isOpen}>
      <button class="brief-head" type="button" aria-expanded=${isOpen} aria-controls="brief-body" @click=${() => (this.isOpen = !isOpen)}>
        <span class="brief-seal">${icon("handoff")}</span>
        <span class="brief-wish"><span id="brief-title" class="brief-kicker">${t("Handed over by the assistant")}</span>
          <span class="brief-sentence" dir="auto">${brief.wish || brief.reason_text}</span></span>
        ${time(brief.created_at)}${icon("chevron-down")}
      </button>
      <div class="brief-body" id="brief-body" ?hidden=${!isOpen}>
        ${this.#facts()}
        <dl class="brief-rest">
          ${item(t("Why it stopped"), brief.reason_text)} ${item(t("Promised"), brief.promised)}
          ${this.#answered()} ${item(t("Next step"), brief.next_step, "brief-next")}
          ${item(t("Mood and language"), [brief.mood, languageName(brief.language)].filter(Boolean).join(" · "))}
        </dl>
      </div>
    </section>`;
  }

  /** Has a person answered since? */
  #isAnswered() {
    return thread(this.inbox.state, this.brief.conversation).some(
      ({ row, type }) =>
        type === "message" &&
        row.author.kind === "agent" &&
        Date.parse(row.created_at) > Date.parse(this.brief.created_at),
    );
  }

  #facts() {
    const { known_facts: facts } = this.brief;
    if (!facts?.length) return nothing;
    return html`<div class="brief-known">
      <h3>${t("Already known: no need to ask")}</h3>
      <ul>
        ${facts.map(
          (fact) => html`<li>
            <span class="fact-name">${factName(fact.name)}</span>
            <button class="fact-value" type="button" title=${t("Copy")} @click=${() => this.#copy(fact.value)}><span dir="auto">${fact.value}</span>${icon("copy")}</button>
            ${fact.channel_kind ? html`<span class="fact-source channel" data-channel=${fact.channel_kind}>${icon(fact.channel_kind)}<span>${channelName(fact.channel_kind)}</span></span>` : nothing}
          </li>`,
        )}
      </ul>
    </div>`;
  }

  #answered() {
    const { answered } = this.brief;
    if (!answered?.length) return nothing;
    return html`<div>
      <dt>${t("Already answered")}</dt>
      <dd><ul class="brief-answered">${answered.map((one) => html`<li>${icon("article")}<span><b dir="auto">${one.title}</b>${one.question ? html` <q dir="auto">${one.question}</q>` : nothing}</span></li>`)}</ul></dd>
    </div>`;
  }

  /** @param {string} value */
  async #copy(value) {
    await navigator.clipboard?.writeText(value);
    this.inbox.say(t("Copied: {value}", { value }));
  }
}

/** @param {string} term @param {string} words @param {string} [name] */
function item(term, words, name = "") {
  return words ? html`<div class=${name}><dt>${term}</dt><dd dir="auto">${words}</dd></div>` : nothing;
}

/** @param {string} code */
function languageName(code) {
  if (!code) return "";
  try {
    return new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

customElements.define("handoff-brief", HandoffBrief);
