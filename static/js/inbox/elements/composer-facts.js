/** What stands at the foot of the composer: how long one may still answer, and what the words will take and cost. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { plural, t } from "#language.js";
import { timeLeft, WINDOW_WARNING_MS } from "#moments.js";
import { costWords } from "#inbox/costs.js";
import { smsSegments } from "#inbox/sms-segments.js";

/** @typedef {import("#inbox/reply-targets.js").Target} Target */

/** Where we may only answer: how long that still goes, or that the reply takes another way. @param {Target | null} target @param {string} why */
export function replyWindow(target, why) {
  // Of a dead address that was chosen all the same it is said above.
  if (why && !target?.isDead)
    return html`<span class="reply-window" data-warning data-elsewhere>${icon("alert")}${why}</span>`;
  if (!target?.closesAt || !target.isOpen) return nothing;
  const left = Date.parse(target.closesAt) - Date.now();
  const words = t("Window open for {time}", { time: timeLeft(target.closesAt, Date.now()) });
  return html`<span class="reply-window number" ?data-warning=${left < WINDOW_WARNING_MS}>${icon("clock")}${words}</span>`;
}

/** @param {Target | null} target @param {string} text */
export function measure(target, text) {
  if (!target || !text) return html`<span class="keys-hint"><kbd>Ctrl</kbd><kbd>↵</kbd> ${t("sends")}</span>`;
  if (target.channel.is_segmented) return segments(target, text);
  const over = target.channel.max_characters ? text.length - target.channel.max_characters : 0;
  if (over > 0)
    return html`<span class="over number">${icon("alert")}${plural(over, { one: "{n} character too long", other: "{n} characters too long" })}</span>`;
  return html`<span class="number">${costWords(target.prices, 1)}</span>`;
}

/** @param {Target} target @param {string} text */
function segments(target, text) {
  const { segments: count, left, isUnicode } = smsSegments(text);
  const words = plural(count, { one: "{n} segment", other: "{n} segments" });
  const cost = costWords(target.prices, count);
  return html`<span class="number">${[words, cost, t("{left} left", { left })].filter(Boolean).join(" · ")}</span>${isUnicode ? html`<span>${t("special characters")}</span>` : nothing}`;
}
