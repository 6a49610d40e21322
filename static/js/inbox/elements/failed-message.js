/** What became of a message that failed for good: why, and what an agent can do about it. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { clockTime } from "#moments.js";
import { request } from "#inbox/api.js";
import { canRetry, nextWay, wordsOf } from "#inbox/elsewhere.js";
import { replyTargets } from "#inbox/reply-targets.js";
import { messagesByOthers } from "#inbox/selectors.js";
import { channelName } from "#inbox/words.js";

/** @typedef {import("#inbox/rows.js").Message} Message */
/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */

/** @param {Message} row @param {Inbox} inbox */
export function failed(row, inbox) {
  if (row.replaced_by) {
    const channel = channelName(row.replaced_by.channel_kind);
    const words = t("Sent by {channel} instead, {time}", { channel, time: clockTime(row.replaced_by.at) });
    return html`<span class="settled">${icon("check")}${words}</span>`;
  }
  const targets = targetsOf(row, inbox);
  const next = nextWay(row, targets, messagesByOthers(inbox.state, row.conversation));
  return html`
    ${row.wants_template ? action(t("Send a template…"), () => byTemplate(row, inbox)) : nothing}
    ${canRetry(row, targets) ? action(t("Retry"), () => retry(row, inbox)) : nothing}
    ${next ? action(t("Send by {channel}…", { channel: channelName(next.channel.kind) }), () => elsewhere(row, next, inbox)) : nothing}
  `;
}

/** @param {string} words @param {() => void} run */
function action(words, run) {
  return html`<button class="plain-link" type="button" @click=${run}>${words}</button>`;
}

/** @param {Message} row @param {Inbox} inbox */
function targetsOf(row, inbox) {
  const customer = inbox.state.objects.conversation.get(row.conversation)?.customer.id;
  return replyTargets(inbox.state.objects.customer.get(customer ?? 0), inbox.state.channels);
}

/** The same way once more; of several copies those that failed. @param {Message} row @param {Inbox} inbox */
export async function retry(row, inbox) {
  try {
    await request(`/api/v1/messages/${row.id}/retry/`, {});
  } catch (error) {
    inbox.say(error instanceof Error ? error.message : "", { isBad: true });
  }
}

/** A closed window, or a template that was no good: another one may go the same way. @param {Message} row @param {Inbox} inbox */
function byTemplate(row, inbox) {
  const target = `${row.identity?.id}:${row.channel?.id}`;
  const focus = inbox.screen.compose.focus + 1;
  inbox.show({ compose: { mode: "reply", focus, template: {}, target, replaces: row.id } });
}

/** The words come into the composer, to be fitted to the other channel there. @param {Message} row @param {import("#inbox/reply-targets.js").Target} next @param {Inbox} inbox */
function elsewhere(row, next, inbox) {
  const focus = inbox.screen.compose.focus + 1;
  const text = wordsOf(row, inbox.state.objects.message);
  inbox.show({
    page: "thread",
    compose: { mode: "reply", focus, text, target: next.key, replaces: row.id, copies: row.attachments },
  });
}
