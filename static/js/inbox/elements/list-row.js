/** One row of the list. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { plural, t } from "#language.js";
import { fullTime, shortAge, waitLevel } from "#moments.js";
import { when } from "#inbox/send-later.js";
import { addressOf } from "#inbox/addresses.js";
import { isHandledByAi } from "#inbox/views.js";
import { authorName, tier1Words } from "#inbox/words.js";
import { avatar, strand } from "#inbox/elements/parts.js";

/** @typedef {import("#inbox/rows.js").Conversation} Conversation */

/**
 * @param {object} shown
 * @param {Conversation} shown.row
 * @param {import("#inbox/rows.js").ViewName} shown.view
 * @param {number} shown.now
 * @param {import("#inbox/rows.js").Me} shown.me
 * @param {boolean} shown.isSelected
 * @param {boolean} shown.isRoving
 * @param {boolean} shown.hasDraft
 * @param {boolean} shown.isLeaving
 * @param {number} shown.position
 * @param {number} shown.size
 * @param {(event: MouseEvent) => void} shown.onOpen
 * @param {() => void} shown.onHover
 */
export function listRow({
  row,
  view,
  now,
  me,
  isSelected,
  isRoving,
  hasDraft,
  isLeaving,
  position,
  size,
  onOpen,
  onHover,
}) {
  return html`<a
    class="row"
    role="option"
    href=${addressOf(view, row.id)}
    data-id=${row.id}
    ?data-unread=${row.unread_count > 0}
    aria-selected=${isSelected}
    aria-posinset=${position}
    aria-setsize=${size}
    tabindex=${isRoving ? 0 : -1}
    @click=${onOpen}
    @pointerenter=${onHover}
  >
    <span class="row-top">
      <span class="row-name" dir="auto">${row.customer.name}</span>
      ${unread(row)} ${wait(row, now)}
    </span>
    ${row.subject ? html`<span class="row-subject" dir="auto">${row.subject}</span>` : nothing}
    <span class="row-preview" dir="auto">${speaker(row, me)}${row.preview}</span>
    <span class="row-foot">
      ${strand(row.channel_kinds)}
      <span class="row-marks">${draft(hasDraft)} ${waiting(row, isLeaving, now)} ${priority(row)} ${holder(row, view, me)}</span>
    </span>
  </a>`;
}

/** @param {Conversation} row */
function unread(row) {
  if (!row.unread_count) return nothing;
  const words = plural(row.unread_count, { one: "{n} unread", other: "{n} unread" });
  return html`<span class="unread number" title=${words}>${row.unread_count}<span class="sr-only"> ${t("unread")}</span></span>`;
}

/** @param {Conversation} row @param {number} now */
function wait(row, now) {
  if (row.state === "snoozed") return html`<span class="row-time">${icon("snooze")}${t("Snoozed")}</span>`;
  const moment = row.waiting_since ?? row.last_message_at ?? row.created_at;
  if (!row.waiting_since) return html`<time class="row-time" datetime=${moment}>${shortAge(moment, now)}</time>`;
  const level = waitLevel(row.waiting_since, now);
  const age = shortAge(row.waiting_since, now);
  return html`<time class="row-time" data-level=${level} datetime=${moment} title=${t("Waiting for {age}", { age })}>
    ${level === "alarm" ? icon("alert") : icon("clock")}<span class="sr-only">${t("waiting")} </span>${age}
  </time>`;
}

/** Who spoke last, where it wasn't the customer. @param {Conversation} row @param {import("#inbox/rows.js").Me} me */
function speaker(row, me) {
  const author = row.preview_author;
  if (!author?.kind || author.kind === "customer") return nothing;
  return html`<span class="row-speaker">${author.kind === "ai" ? icon("assistant") : icon("reply")}${authorName(author, me.name)}: </span>`;
}

/** @param {boolean} hasDraft */
function draft(hasDraft) {
  return hasDraft ? html`<span class="badge">${t("Draft")}</span>` : nothing;
}

/** Something of ours is about to leave, or will at a chosen time. @param {Conversation} row @param {boolean} isLeaving @param {number} now */
function waiting(row, isLeaving, now) {
  if (isLeaving) return html`<span class="badge">${icon("clock")}${t("Leaving")}</span>`;
  if (!row.scheduled_at) return nothing;
  return html`<span class="badge" title=${fullTime(row.scheduled_at)}>${icon("calendar")}<span class="sr-only">${t("Scheduled")} </span>${when(row.scheduled_at, now)}</span>`;
}

/** @param {Conversation} row */
function priority(row) {
  if (row.priority !== "high" && row.priority !== "urgent") return nothing;
  const words = row.priority === "urgent" ? t("Urgent") : t("High");
  return html`<span class="badge" data-tone=${row.priority === "urgent" ? "bad" : "warn"}>${icon("flag")}${words}</span>`;
}

/** @param {Conversation} row @param {string} view @param {import("#inbox/rows.js").Me} me */
function holder(row, view, me) {
  if (isHandledByAi(row))
    return html`<span class="badge" data-tone="machine">${icon("assistant")}${tier1Words(row.tier1_state)}</span>`;
  if (row.assignee && view !== "mine") {
    const name = row.assignee.id === me.id ? t("You") : row.assignee.name;
    return html`<span class="row-holder" title=${t("Assigned to {name}", { name })}>${avatar(row.assignee.name)}<span class="sr-only">${t("Assigned to {name}", { name })}</span></span>`;
  }
  if (row.tier1_state === "handed_off" && !row.assignee)
    return html`<span class="badge" data-tone="thread">${icon("handoff")}${t("Handed off")}</span>`;
  return nothing;
}
