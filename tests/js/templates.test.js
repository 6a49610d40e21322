import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { defaultTarget, isReachable, nextClosing, replyTargets, whyElsewhere } from "#inbox/reply-targets.js";
import { known, label, matching, pieces, plainText, wrongs } from "#inbox/template-text.js";
import { Templates } from "#inbox/templates.js";
import { because, entryWords, kindsOf, standing } from "#inbox/consents.js";
import { message } from "./build.js";

const CHANNELS = [
  { id: 1, kind: "whatsapp", name: "WhatsApp", has_templates: true, takes_keywords: true, is_by_choice: false },
  { id: 2, kind: "email", name: "Mail", is_by_choice: false },
];
const NOW = Date.parse("2026-03-03T12:00:00Z");

const variable = (key, part = "body", name = key, index = 0, example = "") => ({ key, part, name, index, example });

function template(fields = {}) {
  return {
    id: 1,
    name: "parcel_update",
    header: "",
    body: "Hello {{first_name}}, order {{order}}.",
    footer: "",
    buttons: [],
    language: "en",
    variables: [variable("first_name"), variable("order")],
    is_usable: true,
    ...fields,
  };
}

function customer(reach, more = []) {
  return { identities: [{ id: 7, kind: "phone", address: "+44", reach: [reach] }, ...more] };
}

const closed = { channel: 1, is_open: false, why: "The WhatsApp window closed 3 h ago", takes_template: true };
const mail = { id: 8, kind: "email", address: "jo@x", reach: [{ channel: 2, is_open: true, why: "" }] };
const asked = [message(1, { identity: { id: 7 }, channel: { id: 1 } })];

test("both sides make the same words of every template", () => {
  const cases = JSON.parse(readFileSync(new URL("template_texts.json", import.meta.url), "utf8"));
  assert.ok(cases.length > 3);
  for (const one of cases) assert.equal(plainText(one.template, one.values), one.text);
});

test("a text is cut at its variables", () => {
  assert.deepEqual(pieces("Hello {{ 1 }}!"), [{ text: "Hello " }, { key: "1" }, { text: "!" }]);
  assert.deepEqual(pieces("Hello"), [{ text: "Hello" }]);
});

test("what is missing or can't stand there is told by variable", () => {
  assert.deepEqual(Object.keys(wrongs(template(), { first_name: " ", order: "a\nb" })), ["first_name", "order"]);
  assert.deepEqual(wrongs(template(), { first_name: "Jo", order: "4711" }), {});
});

test("a name is filled in only where the template says it is one and the customer has one", () => {
  const jo = { name: "Jo Meyer", is_named: true };
  assert.deepEqual(known(template(), jo), { first_name: "Jo" });
  assert.deepEqual(known(template(), { name: "+44 7700 900123", is_named: false }), {});
  assert.deepEqual(known(template({ variables: [variable("1", "body", "1", 0, "Jo")] }), jo), {});
  assert.deepEqual(known(template({ variables: [variable("customer_name")] }), jo), { customer_name: "Jo Meyer" });
});

test("variables go by names that agents understand", () => {
  const row = template({ buttons: [{ kind: "url", text: "Follow it", target: "" }] });
  assert.equal(label(variable("first_name"), row), "first name");
  assert.equal(label(variable("1"), row), "{{1}}");
  assert.equal(label(variable("button.0", "button", "1"), row), "Link of “Follow it”");
});

test("all the words must be in it", () => {
  const rows = [template(), template({ id: 2, name: "spring_offer", body: "Seeds" })];
  assert.deepEqual(
    matching(rows, "parcel hello").map((row) => row.id),
    [1],
  );
  assert.deepEqual(matching(rows, "").length, 2);
});

test("a closed window is answered there by a template, not elsewhere", () => {
  const targets = replyTargets(customer(closed, [mail]), CHANNELS, NOW);
  const target = defaultTarget(targets, asked);
  assert.deepEqual([target.channel.id, target.isOpen, isReachable(target)], [1, false, true]);
  assert.equal(whyElsewhere(targets, asked), "");
});

test("without any template the reply goes another way and says why", () => {
  const channels = [{ ...CHANNELS[0], has_templates: false }, CHANNELS[1]];
  const targets = replyTargets(customer(closed, [mail]), channels, NOW);
  assert.equal(defaultTarget(targets, asked).channel.id, 2);
  assert.match(whyElsewhere(targets, asked), /window closed/);
});

test("after a STOP no template goes either", () => {
  const stopped = { ...closed, why: "Jo wrote STOP on 3 Mar", takes_template: false };
  assert.equal(defaultTarget(replyTargets(customer(stopped), CHANNELS, NOW), asked), null);
});

test("the moment a window closes is known before it comes, and the target stays", () => {
  const open = { ...closed, is_open: true, why: "", closes_at: "2026-03-03T12:00:05Z" };
  const before = replyTargets(customer(open, [mail]), CHANNELS, NOW);
  assert.equal(nextClosing(before, NOW), 5_000);
  const after = replyTargets(customer(open, [mail]), CHANNELS, NOW + 5_000);
  assert.equal(nextClosing(after, NOW + 5_000), null);
  const target = defaultTarget(after, asked);
  assert.deepEqual([target.channel.id, target.isOpen, target.takesTemplate], [1, false, true]);
});

test("a list is fetched once, page by page, and again when something changed", async () => {
  const inbox = new EventTarget();
  const asked_for = [];
  const answers = [
    { results: [{ id: 1 }], next: "http://host/api/v1/channels/1/templates/?cursor=x" },
    { results: [{ id: 2 }], next: null },
    { results: [{ id: 3 }], next: null },
  ];
  const templates = new Templates(inbox, async (url) => {
    asked_for.push(url);
    return answers.shift();
  });
  assert.equal(templates.of(1).rows, null);
  templates.of(1);
  await new Promise((done) => inbox.addEventListener("change", done, { once: true }));
  assert.deepEqual(
    templates.of(1).rows.map((row) => row.id),
    [1, 2],
  );
  assert.equal(asked_for[1], "/api/v1/channels/1/templates/?cursor=x");
  const told = { event: { type: "template.changed", facts: { channel: 1 } } };
  inbox.dispatchEvent(new CustomEvent("frame", { detail: told }));
  await new Promise((done) => inbox.addEventListener("change", done, { once: true }));
  assert.deepEqual(
    templates.of(1).rows.map((row) => row.id),
    [3],
  );
});

test("a list that can't be had says why and can be asked for again", async () => {
  const inbox = new EventTarget();
  let is_away = true;
  const templates = new Templates(inbox, async () => {
    if (is_away) throw new Error("away");
    return { results: [], next: null };
  });
  templates.of(1);
  await new Promise((done) => inbox.addEventListener("change", done, { once: true }));
  assert.equal(templates.of(1).error, "away");
  is_away = false;
  templates.again(1);
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(templates.of(1).rows, []);
});

const entry = (fields) => ({
  channel_kind: "sms",
  state: "stopped",
  scope: "all",
  source: "keyword",
  words: "STOP",
  ...fields,
});

test("the newest entry of each scope says how it stands", () => {
  const identity = (consents) => ({ reach: [{ channel: 1 }], consents });
  assert.equal(standing(identity([]), "sms"), "open");
  assert.equal(standing(identity([entry({ state: "started" }), entry({})]), "sms"), "open");
  assert.equal(standing(identity([entry({}), entry({ state: "started" })]), "sms"), "stopped");
  assert.equal(standing(identity([entry({ scope: "marketing" })]), "sms"), "no-marketing");
  assert.deepEqual(kindsOf(identity([entry({})]), CHANNELS), ["sms", "whatsapp"]);
});

test("every source has its own words", () => {
  assert.equal(because(entry({})), "wrote STOP");
  assert.equal(because(entry({ source: "agent", by_name: "Ada", words: "by phone" })), "Ada noted: by phone");
  assert.equal(because(entry({ source: "provider", words: "error 21610" })), "the provider reported it (error 21610)");
  assert.equal(because(entry({ source: "preferences", scope: "marketing" })), "switched off advertisements");
  assert.equal(entryWords(entry({ state: "started", words: "START" })), "SMS allowed again: wrote START");
});
