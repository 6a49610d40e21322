/** What a screen reader hears of messages that wait to leave. */
import { t } from "#language.js";

/**
 * @param {any} frame
 * @param {boolean} isOurs  we did it ourselves
 * @param {import("#inbox/inbox.js").Inbox} inbox
 * @returns {string | null} null where there is nothing to say
 */
export function told(frame, isOurs, inbox) {
  const { type, facts, conversation } = frame.event;
  if (type === "message.held" && isOurs && facts.unsaid === "undo") {
    const row = frame.objects.find((/** @type {any} */ one) => one.kind === "message");
    const seconds = row ? Math.round((Date.parse(row.held_until) - Date.parse(row.created_at)) / 1000) : 0;
    return t("The reply leaves in {n} seconds. Control Z takes it back.", { n: seconds });
  }
  if (type === "message.held" && isOurs) return t("The reply is scheduled.");
  if (type === "message.cancelled" && isOurs) return t("Taken back. Nothing was sent.");
  if (type === "message.cancelled" && conversation === inbox.screen.selected && facts.why === "wrote_first")
    return t("The scheduled reply was not sent: the customer wrote first.");
  return null;
}
