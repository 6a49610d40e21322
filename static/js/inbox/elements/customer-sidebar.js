/** The customer: every address with what it proved, and the other conversations. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { shortAge } from "#moments.js";
import { addressOf } from "#inbox/addresses.js";
import { conversationsOf } from "#inbox/selectors.js";
import { assuranceMark, namelessWords } from "#inbox/words.js";
import { avatar, strand } from "#inbox/elements/parts.js";
import { Panel } from "#inbox/elements/panel.js";
import "#inbox/elements/consent-ledger.js";

const IDENTITY_ICONS = { phone: "phone", whatsapp_user: "whatsapp", email: "email", visitor: "chat", external: "key" };

class CustomerSidebar extends Panel {
  render() {
    const row = this.inbox.conversation;
    if (!row) return nothing;
    const customer = this.inbox.state.objects.customer.get(row.customer.id);
    return html`<aside class="sidebar" aria-label=${t("Customer")} tabindex="-1">
      <header class="sidebar-head">
        <button class="button ghost square narrow-only" type="button" aria-label=${t("Back to the thread")} @click=${() => this.inbox.show({ page: "thread" })}>${icon("back")}</button>
        ${avatar(row.customer.name, { isCustomer: true })}
        <div><h2 dir="auto">${row.customer.name}</h2>${customer?.language ? html`<p>${languageName(customer.language)}</p>` : nothing}</div>
      </header>
      ${customer ? this.#identities(customer) : nothing} ${this.#participants(row)} ${this.#others(row)}
    </aside>`;
  }

  /** @param {import("#inbox/rows.js").Customer} customer */
  #identities(customer) {
    return html`<section aria-labelledby="identities-title">
      <h3 id="identities-title">${t("Addresses")}</h3>
      <ul class="identities">${customer.identities.map((identity) => this.#identity(identity, customer))}</ul>
    </section>`;
  }

  /** Whoever is on the mails beside the customer. @param {import("#inbox/rows.js").Conversation} row */
  #participants(row) {
    if (!row.participants?.length) return nothing;
    return html`<section aria-labelledby="participants-title">
      <h3 id="participants-title">${t("Also on this conversation")}</h3>
      <ul>${row.participants.map((one) => this.#participant(row, one))}</ul>
    </section>`;
  }

  /** @param {import("#inbox/rows.js").Conversation} row @param {import("#inbox/rows.js").Participant} one */
  #participant(row, one) {
    const isBeside = one.state === "beside";
    return html`<li class="participant">
      <div><span dir="auto">${one.name || one.address}</span>${one.name ? html`<small dir="ltr">${one.address}</small>` : nothing}
        ${isBeside ? html`<small>${t("Does not take part")}</small>` : nothing}</div>
      ${isBeside ? html`<button class="button" type="button" @click=${() => this.inbox.work.letIn(row, one)}>${t("Let in")}</button>` : nothing}
    </li>`;
  }

  /** @param {import("#inbox/rows.js").Identity} identity @param {import("#inbox/rows.js").Customer} customer */
  #identity(identity, customer) {
    const mark = assuranceMark(identity.assurance);
    const picture = icon(IDENTITY_ICONS[/** @type {keyof typeof IDENTITY_ICONS} */ (identity.kind)] ?? "globe");
    const nameless = namelessWords(identity.kind);
    return html`<li class="identity" ?data-proved=${mark.isProved}>
      ${picture}
      <div>
        ${
          nameless
            ? html`<span class="identity-address">${nameless}</span>`
            : html`<button class="identity-address" type="button" title=${t("Copy")} @click=${() => this.#copy(identity.address)}><span dir="ltr">${identity.address}</span>${icon("copy")}</button>`
        }
        <span class="identity-mark">${icon(mark.icon)}${mark.text}${identity.is_shared ? html` · ${t("shared")}` : nothing}</span>
        ${ills(identity)}
        <consent-ledger .inbox=${this.inbox} .identity=${identity} .customer=${customer}></consent-ledger>
      </div>
    </li>`;
  }

  /** @param {import("#inbox/rows.js").Conversation} row */
  #others(row) {
    const others = conversationsOf(this.inbox.state, row.customer.id).filter((other) => other.id !== row.id);
    const open = others.filter((other) => other.state === "open" || other.state === "snoozed");
    const past = others.filter((other) => !open.includes(other));
    return html`
      ${open.length ? this.#conversations("also-title", t("Also open"), open) : nothing}
      ${this.#conversations("earlier-title", t("Earlier"), past)}
    `;
  }

  /** @param {string} id @param {string} title @param {import("#inbox/rows.js").Conversation[]} rows */
  #conversations(id, title, rows) {
    const now = Date.now();
    return html`<section aria-labelledby=${id}>
      <h3 id=${id}>${title}</h3>
      ${
        rows.length
          ? html`<ul class="others">
              ${rows.map(
                (row) => html`<li>
                  <a href=${addressOf(this.inbox.screen.view, row.id)} @click=${(/** @type {MouseEvent} */ event) => this.#open(event, row.id)}>
                    <span class="other-top"><span dir="auto">${row.subject || row.preview || t("Conversation")}</span><time datetime=${row.created_at}>${shortAge(row.last_message_at ?? row.created_at, now)}</time></span>
                    <span class="other-foot">${strand(row.channel_kinds)}<span class="number">#${row.number}</span></span>
                  </a>
                </li>`,
              )}
            </ul>`
          : !this.inbox.state.threads.has(this.inbox.screen.selected ?? 0)
            ? nothing
            : html`<p class="quiet">${t("No earlier conversations.")}</p>`
      }
    </section>`;
  }

  /** @param {MouseEvent} event @param {number} id */
  #open(event, id) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.inbox.open(id);
  }

  /** @param {string} value */
  async #copy(value) {
    await navigator.clipboard?.writeText(value);
    this.inbox.say(t("Copied: {value}", { value }));
  }
}

/** @param {string} code */
function languageName(code) {
  try {
    return new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** What came back from an address, once each; and that nobody is in the chat. @param {import("#inbox/rows.js").Identity} identity */
function ills(identity) {
  const doubts = [...new Set(identity.reach.map((way) => way.doubt).filter(Boolean))];
  const leftAt = identity.reach.find((way) => way.left_at)?.left_at;
  return html`${doubts.map((words) => html`<span class="identity-mark" data-plain data-warning>${icon("alert")}${words}</span>`)}
    ${leftAt ? html`<span class="identity-mark" data-plain>${icon("log-out")}${t("Left the chat {age} ago", { age: shortAge(leftAt, Date.now()) })}</span>` : nothing}`;
}

customElements.define("customer-sidebar", CustomerSidebar);
