import assert from "node:assert/strict";
import { test } from "node:test";
import { canRetry, lost, nextWay, wordsOf } from "#inbox/elsewhere.js";
import { defaultTarget, replyTargets, whyElsewhere } from "#inbox/reply-targets.js";
import { undelivered } from "#inbox/selectors.js";
import { happened } from "#inbox/words.js";
import { message, stateOf } from "./build.js";

const MAIL = { id: 1, kind: "email", name: "Help", has_recipients: true, is_rich: true, max_characters: 200_000 };
const SMS = { id: 2, kind: "sms", name: "Texts", is_by_choice: true, max_characters: 1600 };
const CHAT = { id: 3, kind: "chat", name: "Website", max_characters: 4000 };
const WHATSAPP = { id: 4, kind: "whatsapp", name: "WhatsApp", has_templates: true, max_characters: 1600 };
const CHANNELS = [MAIL, SMS, CHAT, WHATSAPP];
const BY_MAIL = { channel: MAIL, channel_kind: "email", identity: { id: 1, kind: "email", address: "jo@x.example" } };

function way(channel, fields = {}) {
  return { channel: channel.id, channel_kind: channel.kind, is_open: true, why: "", ...fields };
}

function customer({ mail = {}, sms = {}, chat = {}, whatsapp = { is_open: false, takes_template: true } } = {}) {
  const identities = [
    { id: 1, kind: "email", address: "jo@x.example", reach: [way(MAIL, mail)] },
    { id: 2, kind: "phone", address: "+15005550006", reach: [way(SMS, sms), way(WHATSAPP, whatsapp)] },
    { id: 3, kind: "visitor", address: "v_jo", reach: [way(CHAT, chat)] },
  ];
  return { kind: "customer", id: 7, version: 1, name: "Jo", language: "", identities };
}

const ours = (fields = {}) =>
  message(9, {
    ...BY_MAIL,
    direction: "outbound",
    author: { kind: "agent", name: "Ada" },
    delivery_state: "failed",
    ...fields,
  });
const asked = message(1, BY_MAIL);

test("a retry is offered only where it makes sense", () => {
  const open = replyTargets(customer(), CHANNELS);
  assert.ok(canRetry(ours(), open));
  assert.ok(!canRetry(ours({ replaced_by: { message: 10, channel_kind: "sms", at: "" } }), open));
  assert.ok(!canRetry(ours({ wants_template: true }), open));
  assert.ok(!canRetry(ours({ author: { kind: "system", name: "" } }), open), "a code");
  assert.ok(
    canRetry(ours({ author: { kind: "system", name: "" }, carries: [3] }), open),
    "a mail of what was not seen",
  );
  assert.ok(!canRetry(ours(), replyTargets(customer({ mail: { is_open: false, why: "STOP" } }), CHANNELS)));
  assert.ok(!canRetry(ours(), replyTargets(customer({ mail: { is_dead: true, doubt: "Bounced" } }), CHANNELS)));
});

test("the next way is the one used last, then any, then what only an agent may choose", () => {
  const all = replyTargets(customer(), CHANNELS);
  const texted = message(2, { channel: SMS, channel_kind: "sms", identity: { id: 2 } });
  assert.equal(nextWay(ours(), all, [asked, texted])?.channel, SMS);
  assert.equal(nextWay(ours(), all, [asked])?.channel, CHAT);
  const away = replyTargets(customer({ chat: { left_at: "2025-01-01T10:00:00Z" } }), CHANNELS);
  assert.equal(nextWay(ours(), away, [asked])?.channel, SMS, "nobody is in the chat");
  const nothing = replyTargets(customer({ chat: { left_at: "x" }, sms: { is_open: false } }), CHANNELS);
  assert.equal(nextWay(ours(), nothing, [asked]), null);
});

test("a dead address is never where a reply goes by itself, and SMS never is", () => {
  const dead = { is_dead: true, doubt: "Bounced on 3 Nov: the mailbox does not exist" };
  const targets = replyTargets(customer({ mail: dead, chat: { is_open: false } }), CHANNELS);
  assert.equal(defaultTarget(targets, [asked]), null);
  assert.match(whyElsewhere(targets, [asked]), /mailbox does not exist/);
  assert.ok(targets.find((one) => one.channel === MAIL)?.isOpen, "an agent may still choose it");
});

test("the words of a mail that brought a chat are those of the chat", () => {
  const known = new Map([3, 4].map((id) => [id, message(id, { text: `Line ${id}` })]));
  assert.equal(wordsOf(ours({ carries: [3, 4], text: "You had left" }), known), "Line 3\n\nLine 4");
  assert.equal(wordsOf(ours({ text: "As it is" }), known), "As it is");
});

test("what is left behind is said before it is sent", () => {
  const [sms] = replyTargets(customer(), [SMS]);
  const row = ours({
    subject: "Kettle",
    html_url: "/x",
    attachments: [{}],
    to: [{ name: "", address: "jo@x.example" }],
    cc: [{ name: "Kim", address: "k@x" }],
  });
  const said = lost(row, sms, "x".repeat(1700)).join(" ");
  for (const words of ["subject", "formatting", "1 file", "Kim", "100 characters too long"])
    assert.match(said, new RegExp(words));
  assert.deepEqual(lost(ours(), sms, "short"), []);
});

test("the line that says what failed names the address and the reason", () => {
  const row = ours({ delivery_error: "The mailbox does not exist." });
  const entry = {
    kind: "entry",
    id: 5,
    version: 1,
    conversation: 1,
    type: "message.undelivered",
    actor: { kind: "system", name: "" },
    facts: { message: 9, channel_kind: "email" },
  };
  const facts = { ...entry.facts, ...undelivered(stateOf([row]), entry) };
  assert.equal(
    happened({ ...entry, facts }, "Ada").text,
    "Could not be delivered to jo@x.example: the mailbox does not exist",
  );
  assert.equal(happened(entry, "Ada").text, "Could not be delivered to Email");
});
