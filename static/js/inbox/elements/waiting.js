/** What stands under a message that waits to leave, and the quiet line of one that never will. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { clockTime } from "#moments.js";
import { when } from "#inbox/send-later.js";
import { conversation } from "#inbox/selectors.js";
import { replyTargets } from "#inbox/reply-targets.js";
import { authorName } from "#inbox/words.js";
import { time } from "#inbox/elements/parts.js";
import { withLinks } from "#inbox/elements/plain-text.js";
import "#inbox/elements/send-menu.js";
import "#inbox/elements/undo-countdown.js";

/** @typedef {import("#inbox/rows.js").Message} Message */
/** @typedef {import("#inbox/rows.js").Entry} Entry */
/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */

/** @param {Message} row @param {Inbox} inbox */
export function waiting(row, inbox) {
  if (row.unsaid === "undo")
    return html`<footer class="outcome"><undo-countdown .inbox=${inbox} .row=${row}></undo-countdown></footer>`;
  const { sending } = inbox;
  const name = conversation(inbox.state, row.conversation)?.customer.name ?? "";
  const at = row.held_until ?? "";
  return html`<footer class="outcome scheduled">
    ${icon("calendar")}<span>${t("Scheduled for {when}", { when: when(at, Date.now()) })}${row.sends_anyway ? html` · ${t("even if {name} writes first", { name })}` : nothing}</span>
    <button class="plain-link" type="button" @click=${() => sending.takeBack(row)}>${t("Edit")}</button>
    <send-menu .label=${t("Change time")} .target=${targetOf(row, inbox)} .name=${name} .isTemplate=${row.template !== null} .isAnyway=${row.sends_anyway} @schedule=${(/** @type {CustomEvent} */ event) => sending.reschedule(row, event.detail.at, event.detail.anyway)}></send-menu>
    <button class="plain-link" type="button" @click=${() => sending.sendNow(row)}>${t("Send now")}</button>
    <button class="plain-link" type="button" @click=${() => sending.cancel(row)}>${t("Cancel")}</button>
  </footer>`;
}

/** The way it goes, with what may be in its way then. @param {Message} row @param {Inbox} inbox */
function targetOf(row, inbox) {
  const customer = inbox.state.objects.customer.get(conversation(inbox.state, row.conversation)?.customer.id ?? 0);
  const targets = replyTargets(customer, inbox.state.channels);
  return targets.find((one) => one.identity.id === row.identity?.id && one.channel.id === row.channel?.id) ?? null;
}

/** "Ada took back a reply", with its words on demand. @param {Entry} entry @param {Inbox} inbox */
export function gone(entry, inbox) {
  const row = /** @type {Message | undefined} */ (inbox.state.objects.message.get(entry.facts.message));
  const isOvertaken = entry.facts.why === "wrote_first";
  return html`<div class="line entry gone" ?data-overtaken=${isOvertaken}>
    <span class="knot">${icon(isOvertaken ? "alert" : "undo")}</span>
    ${row ? html`<details class="fold"><summary>${title(entry, inbox, row)}${icon("chevron-down")}</summary><blockquote class="text" dir="auto">${withLinks(row.text)}</blockquote></details>` : html`<span>${title(entry, inbox)}</span>`}
    ${row ? html`<button class="plain-link" type="button" @click=${() => inbox.sending.giveBack(row)}>${t("Back to the composer")}</button>` : nothing}
    ${isOvertaken ? nothing : time(entry.created_at)}
  </div>`;
}

/** @param {Entry} entry @param {Inbox} inbox @param {Message} [row] */
function title(entry, inbox, row) {
  const { me } = inbox.state;
  if (entry.facts.why === "wrote_first") {
    const name = conversation(inbox.state, entry.conversation)?.customer.name ?? "";
    const wrote = inbox.state.objects.message.get(entry.facts.wrote);
    return t("Not sent: {name} wrote first at {time}", {
      name,
      time: clockTime(wrote?.created_at ?? entry.created_at),
    });
  }
  const who = authorName(entry.actor, me.name);
  const author =
    row && entry.facts.author !== /** @type {any} */ (entry.actor).id ? authorName(row.author, me.name) : "";
  return author ? t("{who} took back a reply by {author}", { who, author }) : t("{who} took back a reply", { who });
}
