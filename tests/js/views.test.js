import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { byWait, isInView, VIEW_NAMES } from "#inbox/views.js";
import { defaultTarget, replyTargets, whyElsewhere } from "#inbox/reply-targets.js";
import { timeLeft } from "#moments.js";
import { smsSegments } from "#inbox/sms-segments.js";
import { costWords } from "#inbox/costs.js";
import { best, score } from "#inbox/fuzzy.js";
import { ADA, GRACE, conversation, message } from "./build.js";

const viewsOf = (row) => VIEW_NAMES.filter((view) => isInView(view, row, ADA.id));

test("an open conversation of mine is in Mine and All", () => {
  assert.deepEqual(viewsOf(conversation(1, { assignee: ADA })), ["mine", "all"]);
  assert.deepEqual(viewsOf(conversation(1, { assignee: GRACE })), ["all"]);
});

test("what the tier-1 handles waits for nobody until it hands off", () => {
  assert.deepEqual(viewsOf(conversation(1, { tier1_state: "answered" })), ["all", "ai"]);
  assert.deepEqual(viewsOf(conversation(1, { tier1_state: "handed_off" })), ["unassigned", "all"]);
  assert.deepEqual(viewsOf(conversation(1, { tier1_state: "answered", assignee: ADA })), ["mine", "all"]);
});

test("resolved, snoozed and spam leave the queues", () => {
  assert.deepEqual(viewsOf(conversation(1, { state: "resolved", assignee: ADA })), ["resolved"]);
  assert.deepEqual(viewsOf(conversation(1, { state: "spam" })), []);
  assert.deepEqual(viewsOf(conversation(1, { state: "snoozed", assignee: ADA })), ["all"]);
});

test("the longest waiting comes first, those who wait for nobody last", () => {
  const rows = [
    conversation(1, { waiting_since: null, last_message_at: "2025-01-01T12:00:00Z" }),
    conversation(2, { waiting_since: "2025-01-01T11:00:00Z" }),
    conversation(3, { waiting_since: "2025-01-01T10:00:00Z" }),
    conversation(4, { waiting_since: null, last_message_at: "2025-01-01T13:00:00Z" }),
  ];
  assert.deepEqual(
    rows.sort(byWait).map((row) => row.id),
    [3, 2, 4, 1],
  );
});

const CHANNELS = [
  { id: 1, kind: "sms" },
  { id: 2, kind: "email" },
];
const identity = (id, kind, channel, is_open = true) => ({
  id,
  kind,
  address: `a${id}`,
  reach: [{ channel, channel_kind: kind, is_open, why: "" }],
});

test("a reply goes where the newest question was written", () => {
  const customer = { identities: [identity(1, "phone", 1), identity(2, "email", 2)] };
  const targets = replyTargets(customer, CHANNELS);
  const messages = [
    message(1, { identity: { id: 2 }, channel: { id: 2 } }),
    message(2, { identity: { id: 1 }, channel: { id: 1 } }),
    message(3, { direction: "outbound", identity: { id: 2 }, channel: { id: 2 } }),
  ];
  assert.equal(defaultTarget(targets, messages).key, "1:1");
});

test("where that way is closed the one used before is taken, and with none open nothing", () => {
  const customer = { identities: [identity(1, "phone", 1, false), identity(2, "email", 2)] };
  const messages = [
    message(1, { identity: { id: 2 }, channel: { id: 2 } }),
    message(2, { identity: { id: 1 }, channel: { id: 1 } }),
  ];
  assert.equal(defaultTarget(replyTargets(customer, CHANNELS), messages).key, "2:2");
  const closed = { identities: [identity(1, "phone", 1, false)] };
  assert.equal(defaultTarget(replyTargets(closed, CHANNELS), messages), null);
});

test("where we may only answer, the way closes by itself when the time is over", () => {
  const reach = { channel: 1, channel_kind: "whatsapp", is_open: true, why: "", closes_at: "2025-01-01T12:00:00Z" };
  const customer = { identities: [{ id: 1, kind: "phone", address: "+44", reach: [reach] }] };
  const at = (/** @type {string} */ time) => replyTargets(customer, CHANNELS, Date.parse(`2025-01-01T${time}Z`))[0];
  assert.deepEqual([at("11:59:59").isOpen, at("11:59:59").why], [true, ""]);
  assert.deepEqual([at("12:00:00").isOpen, at("12:00:00").why !== ""], [false, true]);
});

test("a reply that can't go where the question was written says why", () => {
  const closed = { channel: 1, channel_kind: "whatsapp", is_open: false, why: "The window closed 3 h ago" };
  const ways = (/** @type {object} */ reach) =>
    replyTargets({ identities: [{ id: 1, kind: "phone", address: "+44", reach: [reach] }] }, CHANNELS);
  const asked = [message(1, { identity: { id: 1 }, channel: { id: 1 } })];
  assert.equal(whyElsewhere(ways(closed), asked), "The window closed 3 h ago");
  assert.equal(whyElsewhere(ways({ ...closed, is_open: true, why: "" }), asked), "");
  assert.equal(whyElsewhere(ways(closed), []), "");
});

test("how long a window stays open is told in hours, then in minutes", () => {
  const now = Date.parse("2025-01-01T00:00:00Z");
  assert.match(timeLeft("2025-01-01T05:59:00Z", now), /^5 ?h/);
  assert.match(timeLeft("2025-01-01T00:39:30Z", now), /^40 ?m/);
  assert.match(timeLeft("2024-12-31T00:00:00Z", now), /^0 ?m/);
});

test("SMS are counted as the network counts them", () => {
  const cases = JSON.parse(readFileSync(new URL("sms_segments.json", import.meta.url), "utf8"));
  for (const { text, encoding, parts, left } of cases) {
    const written = text.map(([piece, times]) => piece.repeat(times)).join("");
    assert.deepEqual(smsSegments(written), { segments: parts, left, isUnicode: encoding === "UCS-2" });
  }
});

test("what a text will cost is told by its parts, as exactly as it is known", () => {
  const prices = { "": { lowest: "0.007900", highest: "0.008300", currency: "USD" } };
  assert.equal(costWords(prices, 2), "$0.016 to $0.017");
  assert.equal(costWords({ "": { lowest: "0.046300", highest: "0.046300", currency: "GBP" } }, 1), "about £0.046");
  assert.equal(costWords({ "": { lowest: "8", highest: "8", currency: "JPY" } }, 2), "about ¥16");
  assert.equal(costWords({ "": { lowest: "0.5", highest: "0.5", currency: "USD" } }, 4), "about $2.00");
  assert.equal(costWords(prices, 0), "");
  assert.equal(costWords(prices, 1, "marketing"), "");
  assert.equal(costWords(undefined, 1), "");
});

test("the palette finds by beginnings of words and leaves out what does not match", () => {
  assert.ok(score("as", "Assign to Grace") > score("as", "Cases"));
  assert.equal(score("zz", "Assign"), 0);
  assert.deepEqual(
    best("agr", ["All", "Assign to Grace", "Go to all"], (item) => item),
    ["Assign to Grace"],
  );
  assert.deepEqual(
    best("", ["b", "a"], (item) => item),
    ["b", "a"],
  );
});

test("five thousand items are filtered within a frame", () => {
  const items = Array.from({ length: 5000 }, (_, n) => `Conversation ${n} with customer ${n * 7}`);
  best("cust 77", items, (item) => item);
  const began = performance.now();
  best("cust 77", items, (item) => item);
  assert.ok(performance.now() - began < 50);
});
