/** What an agent has to know before sending: the visitor has left, the address is in doubt, what is left behind. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { lost } from "#inbox/elsewhere.js";
import { channelName } from "#inbox/words.js";

/** @typedef {import("#inbox/reply-targets.js").Target} Target */

/**
 * Nobody is in the chat: where the words end up, or what else there is.
 * @param {Target | null} target @param {string} name  empty where none is known @param {Target | null} next @param {(key: string) => void} pick
 */
export function whoLeft(target, name, next, pick) {
  if (!target?.leftAt) return nothing;
  const who = name.split(/\s+/)[0] || t("The visitor");
  if (target.thenTo)
    return html`<p class="reply-notice" role="status">${icon("email")}<span>${t("{who} has left the chat: this goes by mail to {address}, if it is not seen before.", { who, address: target.thenTo })}</span></p>`;
  return html`<p class="reply-notice" data-warning role="status">${icon("alert")}<span>${t("{who} has left the chat and gave no proved address: it is seen on the next visit.", { who })}</span>
    ${next ? html`<button class="plain-link" type="button" @click=${() => pick(next.key)}>${t("Send by {channel} instead", { channel: channelName(next.channel.kind) })}</button>` : nothing}</p>`;
}

/** What came back from there before. @param {Target | null} target */
export function doubted(target) {
  if (!target?.doubt) return nothing;
  const words = target.isDead
    ? t("{doubt}. Sent there, it will hardly arrive.", { doubt: target.doubt })
    : target.doubt;
  return html`<p class="reply-notice" data-warning role="status">${icon("alert")}<span>${words}</span></p>`;
}

/**
 * These words take the place of a message that failed: what does not go along.
 * @param {import("#inbox/rows.js").Message | undefined} failed @param {Target | null} target @param {string} text @param {() => void} forget
 */
export function replacing(failed, target, text, forget) {
  if (!failed || failed.replaced_by) return nothing;
  const missing = target ? lost(failed, target, text) : [];
  return html`<p class="reply-notice">${icon("reopen")}<span>${t("Instead of the message that was not delivered.")} ${missing.join(" ")}</span>
    <button class="button ghost square" type="button" aria-label=${t("Send it as a message of its own")} title=${t("Send it as a message of its own")} @click=${forget}>${icon("close")}</button></p>`;
}
