/** One line of a thread: a message, a note, something that happened, or what we are still sending. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { doer, undelivered } from "#inbox/selectors.js";
import { authorName, happened } from "#inbox/words.js";
import { fileList } from "#inbox/elements/file-list.js";
import { message } from "#inbox/elements/message.js";
import { pending } from "#inbox/elements/pending.js";
import { avatar, time } from "#inbox/elements/parts.js";
import { withLinks } from "#inbox/elements/plain-text.js";
import { gone } from "#inbox/elements/waiting.js";

/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */

/** @param {import("#inbox/selectors.js").Line} line @param {Inbox} inbox */
export function lineOf(line, inbox) {
  if (line.type === "message") return message(line.row, inbox, line.continues);
  if (line.type === "note") return note(line.row, inbox);
  if (line.type === "pending") return pending(line.row, inbox);
  return line.row.type === "message.cancelled" ? gone(line.row, inbox) : entry(line.row, inbox);
}

/** @param {import("#inbox/rows.js").Note} row @param {Inbox} inbox */
function note(row, inbox) {
  return html`<article class="line note" aria-label=${t("Private note by {name}", { name: row.author.name })}>
    <span class="knot">${icon("note")}</span>
    <header class="line-head">
      ${avatar(row.author.name)}<strong>${authorName({ kind: "agent", name: row.author.name }, inbox.state.me.name)}</strong>
      <span class="line-tag">${t("Private note")}</span>${time(row.created_at)}
    </header>
    ${row.text ? html`<p class="text" dir="auto">${withLinks(row.text)}</p>` : nothing} ${fileList(row.attachments)}
  </article>`;
}

/** @param {import("#inbox/rows.js").Entry} row @param {Inbox} inbox */
function entry(row, inbox) {
  const facts = { ...row.facts, ...undelivered(inbox.state, row) };
  const { icon: picture, text } = happened({ ...row, facts, actor: doer(inbox.state, row) }, inbox.state.me.name);
  return html`<p class="line entry"><span class="knot">${icon(picture)}</span><span>${text}</span>${row.created_at ? time(row.created_at) : nothing}</p>`;
}
