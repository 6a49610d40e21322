/** A message on the thread: its knot in the channel's colour, who, how, what, and what became of it. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { currentLocale, t } from "#language.js";
import { clockTime, dayKey, dayName } from "#moments.js";
import { FIELDS, inWords, isBeside, isSame, label, participant } from "#inbox/recipients.js";
import { conversation as shown, writer } from "#inbox/selectors.js";
import { assuranceDoubt, authorName, channelName, delivery } from "#inbox/words.js";
import { fileList } from "#inbox/elements/file-list.js";
import { failed, retry } from "#inbox/elements/failed-message.js";
import { mailedWords, mailLine } from "#inbox/elements/mailed-message.js";
import { avatar, channelMark, time } from "#inbox/elements/parts.js";
import { withLinks } from "#inbox/elements/plain-text.js";
import { waiting } from "#inbox/elements/waiting.js";
import { isWaiting } from "#inbox/waiting.js";

/** @typedef {import("#inbox/rows.js").Message} Message */
/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */

// The same limit as in channels_ingest/voice/hearing.py.
const UNSURE_BELOW = 0.5;

/** @param {Message} row @param {Inbox} inbox @param {boolean} continues */
export function message(row, inbox, continues) {
  if (row.carries?.length) return mailLine(row, inbox);
  const name = authorName({ ...row.author, name: writer(inbox.state, row) }, inbox.state.me.name);
  const isAi = row.author.kind === "ai";
  const spoken = t("{name} by {channel}", { name, channel: channelName(row.channel_kind) });
  return html`<article
    class="line message"
    data-channel=${row.channel_kind}
    data-direction=${row.direction}
    ?data-machine=${isAi}
    ?data-continues=${continues}
    ?data-waiting=${isWaiting(row)}
    aria-label=${spoken}
  >
    <span class="knot">${icon(row.channel_kind)}</span>
    <header class="line-head">
      ${isAi ? html`<span class="avatar machine" aria-hidden="true">${icon("assistant")}</span>` : avatar(row.author.kind === "agent" ? row.author.name : name, { isCustomer: row.direction === "inbound" })}
      <strong dir="auto">${name}</strong>
      ${channelMark(row.channel_kind)}
      ${row.is_automatic && !isAi ? html`<span class="badge">${t("Automatic")}</span>` : nothing}
      ${row.template ? html`<span class="badge">${icon("article")}${t("Template {name}", { name: row.template.name })}</span>` : nothing}
      ${doubt(row)} ${beside(row, inbox)} ${hardlyHeard(row)} ${reason(row)}
      ${time(row.sent_at ?? row.created_at)}
    </header>
    <div class="bubble">
      ${hasOwnSubject(row, inbox) ? html`<p class="mail-subject" dir="auto">${row.subject}</p>` : nothing}
      ${row.text ? html`<p class="text" dir="auto">${withLinks(row.text)}</p>` : nothing}
      ${whole(row)} ${readers(row, inbox)} ${formatted(row)} ${quoted(row)} ${fileList(row.attachments)} ${citations(row)}
    </div>
    ${isWaiting(row) ? waiting(row, inbox) : outcome(row, inbox)}
  </article>`;
}

const PREFIX = /^\s*((re|aw|sv|fwd?|wg|tr)\s*:\s*)+/i;

/** The conversation's own subject stands above it; only another one is worth a line. @param {Message} row @param {Inbox} inbox */
function hasOwnSubject(row, inbox) {
  const known = inbox.state.objects.conversation.get(row.conversation)?.subject ?? "";
  return row.subject !== "" && row.subject.replace(PREFIX, "") !== known.replace(PREFIX, "");
}

/** @param {Message} row */
function doubt(row) {
  const words = row.direction === "inbound" ? assuranceDoubt(row.assurance) : "";
  return words ? html`<span class="badge" data-tone="warn">${icon("unverified")}${words}</span>` : nothing;
}

/** Somebody wrote who does not take part: nothing goes there before an agent says so. @param {Message} row @param {Inbox} inbox */
function beside(row, inbox) {
  const conversation = shown(inbox.state, row.conversation);
  if (!conversation || !isBeside(conversation, row)) return nothing;
  const who = participant(conversation, row.identity?.address);
  return html`<span class="badge" data-tone="warn">${icon("alert")}${t("Not part of this conversation")}</span>
    <button class="plain-link" type="button" @click=${() => who && inbox.work.letIn(conversation, who)}>${t("Let in")}</button>`;
}

/** Who else got it, behind a click; on what we sent with what became of each copy. @param {Message} row @param {Inbox} inbox */
function readers(row, inbox) {
  const people = FIELDS.flatMap((field) => (row[field] ?? []).map((reader) => ({ field, reader })));
  const usual = inbox.state.channels.find((one) => one.id === row.channel?.id)?.address ?? "";
  const ours = row.our_address && !isSame(row.our_address, usual) ? row.our_address : "";
  const isPlain = row.direction === "outbound" && people.length < 2 && !ours;
  if (!people.length || isPlain) return nothing;
  const words = inWords({ to: row.to, cc: row.cc, bcc: row.bcc });
  const summary = row.direction === "inbound" ? t("Also to others: {people}", { people: words }) : words;
  return html`<details class="fold readers">
    <summary>${icon("people")}<span dir="auto">${summary}</span></summary>
    <ul>
      ${people.map(({ field, reader }) => html`<li><b>${label(field)}</b><span dir="auto">${reader.name ? `${reader.name} ` : ""}<span dir="ltr">${reader.address}</span></span>${copy(reader)}</li>`)}
      ${ours ? html`<li><b>${row.direction === "inbound" ? t("Us") : t("From")}</b><span dir="ltr">${ours}</span></li>` : nothing}
    </ul>
  </details>`;
}

/** @param {import("#inbox/rows.js").Reader} reader */
function copy(reader) {
  const state = delivery(reader.state);
  if (!state) return nothing;
  const isBad = reader.state === "failed";
  return html`<span ?data-bad=${isBad}>${state.text}${isBad && reader.error ? `: ${reader.error}` : ""}</span>`;
}

/** By phone the words are what was recognised; where that was a guess, agents should know. @param {Message} row */
function hardlyHeard(row) {
  const share = row.heard_confidence;
  if (share === null || share === undefined || share >= UNSURE_BELOW) return nothing;
  return html`<span class="badge" data-tone="warn">${icon("help")}${t("Hard to hear")}</span>`;
}

/** Why the message stands in this conversation: on hover and focus. @param {Message} row */
function reason(row) {
  if (!row.thread_reason || row.direction !== "inbound") return nothing;
  const { reason: words, confidence } = row.thread_reason;
  const id = `why-${row.id}`;
  return html`<span class="hint">
    <button class="hint-button" type="button" aria-label=${t("Why it is in this conversation")} aria-describedby=${id}>${icon("join")}</button>
    <span class="hint-text" role="tooltip" id=${id}><b>${t("Joined:")}</b> ${words}${confidence ? html` <i>${percent(confidence)}</i>` : nothing}</span>
  </span>`;
}

/** @param {number} share */
function percent(share) {
  return share.toLocaleString(currentLocale(), { style: "percent" });
}

/** By phone an answer is said in short; this is all of it, as it can follow by text. @param {Message} row */
function whole(row) {
  if (!row.full_text || row.full_text === row.text) return nothing;
  return html`<details class="fold">
    <summary>${icon("article")}${t("Show the whole answer")}</summary>
    <p class="text" dir="auto">${withLinks(row.full_text)}</p>
  </details>`;
}

/** The mail as it looked, from its own sandboxed page, fetched only when asked for. @param {Message} row */
function formatted(row) {
  const address = row.html_url;
  if (!address) return nothing;
  return html`<details class="fold" @toggle=${(/** @type {Event} */ event) => frame(event, address)}>
    <summary>${icon("email")}${t("Show formatted mail")}</summary>
    ${row.has_remote_images ? blockedImages(address) : nothing}
  </details>`;
}

/** Senders see who loads their pictures: they come through us, and only when asked for. @param {string} address */
function blockedImages(address) {
  return html`<p class="blocked-images">
    ${t("Images from elsewhere are blocked: they tell the sender that you read this.")}
    <button class="button" type="button" @click=${(/** @type {Event} */ event) => showImages(event, address)}>
      ${icon("image")}${t("Show images")}
    </button>
  </p>`;
}

/** @param {Event} event @param {string} address */
function showImages(event, address) {
  const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
  const inner = button.closest("details")?.querySelector("iframe");
  if (!inner) return;
  inner.src = `${address}?images=1`;
  /** @type {HTMLElement} */ (button.parentElement).hidden = true;
}

/** @param {Event} event @param {string} address */
function frame(event, address) {
  const details = /** @type {HTMLDetailsElement} */ (event.currentTarget);
  if (!details.open || details.querySelector("iframe")) return;
  const inner = document.createElement("iframe");
  inner.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
  inner.title = t("Formatted mail");
  inner.src = address;
  details.append(inner);
}

/** @param {Message} row */
function quoted(row) {
  if (!row.quoted_text) return nothing;
  return html`<details class="fold">
    <summary>${icon("quote")}${t("Show quoted text")}</summary>
    <blockquote class="text" dir="auto">${row.quoted_text}</blockquote>
  </details>`;
}

/** The passages an answer was made of. @param {Message} row */
function citations(row) {
  if (!row.citations?.length) return nothing;
  return html`<div class="citations">
    <span class="citations-label">${t("From")}</span>
    ${row.citations.map(
      (source, index) => html`<details class="citation" name=${`citation-${row.id}`}>
        <summary><span class="number">${source.number ?? index + 1}</span>${source.title}</summary>
        <blockquote dir="auto">${source.passage}</blockquote>
      </details>`,
    )}
  </div>`;
}

/** @param {Message} row @param {Inbox} inbox */
function outcome(row, inbox) {
  const state = row.direction === "outbound" ? delivery(row.delivery_state) : null;
  if (!state) return nothing;
  const mailed = mailedWords(row, inbox);
  if (mailed) return html`<footer class="outcome whole">${icon("email")}<span>${mailed}</span></footer>`;
  const isBad = row.delivery_state === "failed";
  return html`<footer class="outcome" ?data-bad=${isBad}>
    ${icon(state.icon)}<span>${state.text}${isBad && row.delivery_error ? html`: ${row.delivery_error}` : nothing}${row.held_until ? html` ${until(row.held_until)}` : nothing}</span>
    ${isBad ? failed(row, inbox) : nothing}
    ${!isBad && row.delivery_error ? html`<span class="some-failed">${icon("failed")}${row.delivery_error}</span><button class="plain-link" type="button" @click=${() => retry(row, inbox)}>${t("Try again")}</button>` : nothing}
  </footer>`;
}

/** "until 08:00", with the day where it is not today: when quiet hours end. @param {string} moment */
function until(moment) {
  const now = Date.now();
  const clock = clockTime(moment);
  if (dayKey(moment) === dayKey(new Date(now).toISOString()))
    return t("until {time}, for quiet hours", { time: clock });
  return t("until {day} {time}, for quiet hours", { day: dayName(moment, now), time: clock });
}
