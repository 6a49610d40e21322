/** What we wrote and the server has not confirmed: looks like a message of ours, and says how far it got. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { fileList } from "#inbox/elements/file-list.js";
import { channelMark, avatar, time } from "#inbox/elements/parts.js";
import { withLinks } from "#inbox/elements/plain-text.js";

/** @param {import("#inbox/store.js").Pending} row @param {import("#inbox/inbox.js").Inbox} inbox */
export function pending(row, inbox) {
  const isNote = row.mode === "note";
  const isFailed = row.state === "failed";
  return html`<article class="line ${isNote ? "note" : "message"}" data-channel=${isNote ? nothing : row.channel_kind} data-direction="outbound" data-pending aria-label=${t("You, not sent yet")}>
    <span class="knot">${icon(isNote ? "note" : row.channel_kind)}</span>
    <header class="line-head">
      ${avatar(inbox.state.me.name)}<strong>${t("You")}</strong>
      ${isNote ? html`<span class="line-tag">${t("Private note")}</span>` : channelMark(row.channel_kind)}${time(row.created_at)}
    </header>
    ${isNote ? said(row) : html`<div class="bubble">${said(row)}</div>`}
    <footer class="outcome" ?data-bad=${isFailed}>
      ${icon(isFailed ? "failed" : "clock")}<span>${words(row)}</span>
      ${
        isFailed
          ? html`<button class="plain-link" type="button" @click=${() => inbox.outbox.retry(row.client_id, { expected_event: inbox.state.seq })}>${t("Retry")}</button>
              <button class="plain-link" type="button" @click=${() => takeBack(row, inbox)}>${t("Edit")}</button>`
          : nothing
      }
    </footer>
  </article>`;
}

/** @param {import("#inbox/store.js").Pending} row */
function said(row) {
  return html`${row.text ? html`<p class="text" dir="auto">${withLinks(row.text)}</p>` : nothing} ${fileList(row.files)}`;
}

/** @param {import("#inbox/store.js").Pending} row */
function words(row) {
  if (row.state === "failed") return t("Not sent: {why}", { why: row.error });
  return row.state === "queued" ? t("Waiting for the connection, then sent") : t("Sending");
}

/** @param {import("#inbox/store.js").Pending} row @param {import("#inbox/inbox.js").Inbox} inbox */
async function takeBack(row, inbox) {
  await inbox.outbox.discard(row.client_id);
  const focus = inbox.screen.compose.focus + 1;
  const content = row.template
    ? { template: row.template, target: row.target }
    : { text: row.text, recipients: row.recipients, files: row.files };
  inbox.show({ compose: { mode: row.mode, focus, ...content } });
}
