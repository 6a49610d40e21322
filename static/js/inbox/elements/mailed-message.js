/** What was said in a chat that nobody was in: that it was mailed, on the words themselves and as a line of its own. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { plural, t } from "#language.js";
import { clockTime } from "#moments.js";
import { delivery } from "#inbox/words.js";
import { failed } from "#inbox/elements/failed-message.js";
import { time } from "#inbox/elements/parts.js";

/** @typedef {import("#inbox/rows.js").Message} Message */
/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */

/** Under a chat message: where it went instead; null where that needs no word. @param {Message} row @param {Inbox} inbox */
export function mailedWords(row, inbox) {
  const mail = row.mailed_with ? inbox.state.objects.message.get(row.mailed_with) : undefined;
  if (!mail || row.delivery_state === "read" || mail.delivery_state === "cancelled") return null;
  const address = mail.identity?.address ?? "";
  if (mail.delivery_state === "failed") return t("Not seen in the chat, and not delivered to {address}", { address });
  return t("Not seen in the chat; mailed to {address} at {time}", {
    address,
    time: clockTime(mail.sent_at ?? mail.created_at),
  });
}

/** The mail itself: it says nothing new, so it is one line. @param {Message} row @param {Inbox} inbox */
export function mailLine(row, inbox) {
  const count = row.carries?.length ?? 0;
  const address = row.identity?.address ?? "";
  const words = plural(
    count,
    { one: "{n} chat message mailed to {address}", other: "{n} chat messages mailed to {address}" },
    { address },
  );
  const state = delivery(row.delivery_state);
  const isBad = row.delivery_state === "failed";
  return html`<article class="line entry mail-line" data-channel="email" aria-label=${words}>
    <span class="knot">${icon("email")}</span>
    <details class="fold"><summary>${words}</summary><p class="text" dir="auto">${row.text}</p></details>
    ${state ? html`<span class="outcome" ?data-bad=${isBad}>${icon(state.icon)}<span>${state.text}${isBad && row.delivery_error ? html`: ${row.delivery_error}` : nothing}</span>${isBad ? failed(row, inbox) : nothing}</span>` : nothing}
    ${time(row.sent_at ?? row.created_at)}
  </article>`;
}
