import assert from "node:assert/strict";
import { test } from "node:test";
import { commands, validCommands } from "#inbox/commands.js";
import { thread, leavingIn } from "#inbox/selectors.js";
import { fieldValue, isQuiet, offers, warning, when } from "#inbox/send-later.js";
import { Sending } from "#inbox/sending.js";
import { Shortcuts } from "#inbox/shortcuts.js";
import { content, left, newestUndoable, undoSeconds } from "#inbox/waiting.js";
import { ADA, GRACE, conversation, message, stateOf } from "./build.js";

const MAIL = { id: 2, kind: "email", label: "Email", undo_seconds: 8, takes_later: true };
const reply = (id, fields = {}) =>
  message(id, {
    direction: "outbound",
    author: { kind: "agent", ...ADA },
    unsaid: "undo",
    created_at: "2025-01-01T11:00:00Z",
    held_until: "2025-01-01T11:00:08Z",
    ...fields,
  });
const at = (text) => Date.parse(text);

test("an agent's own undo time counts where things wait at all", () => {
  assert.equal(undoSeconds(MAIL, { undo_seconds: null }), 8);
  assert.equal(undoSeconds(MAIL, { undo_seconds: 30 }), 30);
  assert.equal(undoSeconds(MAIL, { undo_seconds: 0 }), 0);
  assert.equal(undoSeconds({ ...MAIL, undo_seconds: 0 }, { undo_seconds: 30 }), 0);
  assert.equal(undoSeconds(null, { undo_seconds: 30 }), 0);
});

test("what waits stands after all that was said, in the order in which it leaves", () => {
  const state = stateOf([
    reply(2, { unsaid: "later", held_until: "2025-01-03T09:00:00Z", created_at: "2025-01-01T10:30:00Z" }),
    reply(3),
    message(4, { created_at: "2025-01-02T12:00:00Z" }),
  ]);
  assert.deepEqual(
    thread(state, 1).map((line) => line.row.id),
    [4, 3, 2],
  );
  assert.deepEqual(
    thread(state, 1).map((line) => line.opensDay),
    [true, false, false],
  );
});

test("what was taken back is no message of the thread", () => {
  const state = stateOf([reply(2, { unsaid: "taken_back" }), reply(3, { unsaid: "wrote_first" }), message(4)]);
  assert.deepEqual(
    thread(state, 1).map((line) => line.row.id),
    [4],
  );
});

test("the newest of my own is what is taken back", () => {
  const theirs = reply(9, { author: { kind: "agent", ...GRACE } });
  const later = reply(8, { unsaid: "later" });
  assert.equal(newestUndoable(stateOf([reply(2), reply(3), later, theirs]))?.id, 3);
  assert.equal(newestUndoable(stateOf([later, theirs])), null);
  assert.deepEqual([...leavingIn(stateOf([reply(2), later]), 0)], [1]);
});

test("the time left does not trust a clock that can't be right", () => {
  const row = reply(1);
  assert.equal(left(row, at("2025-01-01T11:00:02Z"), 0), 6000);
  assert.equal(left(row, at("2025-01-01T11:00:09Z"), at("2025-01-01T11:00:01Z")), 0);
  const cameAt = at("2025-01-01T10:00:00Z"); // an hour slow
  assert.equal(left(row, cameAt + 3000, cameAt), 5000);
  const fast = at("2025-01-01T13:00:00Z");
  assert.equal(left(row, fast + 3000, fast), 5000);
});

test("taken back, a message comes with all that was chosen for it", () => {
  const jo = { address: "jo@example.com", name: "Jo", state: "held", error: "" };
  const file = { id: 9, name: "plan.pdf" };
  const chosen = { text: "Hi", to: [jo], cc: [], bcc: [], attachments: [file], replaces: 3 };
  const row = reply(1, { ...chosen, channel: { id: 2 }, identity: { id: 5 } });
  assert.deepEqual(content(row), {
    text: "Hi",
    target: "5:2",
    recipients: { to: [jo], cc: [], bcc: [] },
    copies: [file],
    replaces: 3,
    sendAt: null,
  });
  const template = reply(1, {
    template: { id: 4, name: "t", language: "en", values: { 1: "Jo" } },
    channel: { id: 2 },
  });
  assert.deepEqual(content(template).template, { id: 4, variables: { 1: "Jo" } });
  assert.equal("text" in content(template), false);
});

test("times offered are to come, each once", () => {
  const ids = (now) => offers(now.getTime()).map((one) => one.id);
  assert.deepEqual(ids(new Date(2025, 0, 1, 10, 0)), ["hour", "evening", "tomorrow", "monday"]); // a Wednesday
  assert.deepEqual(ids(new Date(2025, 0, 1, 17, 30)), ["hour", "tomorrow", "monday"]);
  assert.deepEqual(ids(new Date(2025, 0, 5, 10, 0)), ["hour", "evening", "tomorrow"]); // tomorrow is Monday
  const monday = offers(new Date(2025, 0, 6, 8, 0).getTime()).find((one) => one.id === "monday");
  assert.deepEqual(monday?.at, new Date(2025, 0, 13, 9, 0));
  const before = new Date(2025, 0, 9, 9, 0);
  assert.equal(offers(new Date(2025, 0, 1).getTime(), before.toISOString())[0].id, "before");
  assert.notEqual(offers(new Date(2025, 1, 1).getTime(), before.toISOString())[0].id, "before");
});

test("a time is told by its day", () => {
  const now = new Date(2025, 0, 1, 10, 0).getTime();
  assert.match(when(new Date(2025, 0, 1, 18, 0), now), /^today, /);
  assert.match(when(new Date(2025, 0, 2, 9, 0), now), /^tomorrow, /);
  assert.match(when(new Date(2025, 0, 6, 9, 0), now), /Mon/);
  assert.match(when(new Date(2026, 0, 6, 9, 0), now), /2026/);
  assert.equal(fieldValue(new Date(2025, 0, 6, 9, 5)), "2025-01-06T09:05");
});

test("a window that closes before is told at once, but not of a template", () => {
  const target = { channel: { ...MAIL, label: "WhatsApp" }, closesAt: "2025-01-01T14:02:00Z" };
  const late = new Date("2025-01-01T15:00:00Z");
  assert.match(warning(late, target, { isTemplate: false }), /^WhatsApp's window closes at .*, before that$/);
  assert.equal(warning(late, target, { isTemplate: true }), "");
  assert.equal(warning(new Date("2025-01-01T13:00:00Z"), target, { isTemplate: false }), "");
});

test("quiet hours are told by the desk's clock, past midnight too", () => {
  const quiet = { from: "21:00", until: "08:00", zone: "America/New_York" };
  assert.equal(isQuiet(new Date("2025-01-05T03:00:00Z"), quiet), true); // 22:00 there
  assert.equal(isQuiet(new Date("2025-01-05T13:00:00Z"), quiet), false); // 08:00 there
  assert.equal(isQuiet(new Date("2025-01-05T17:00:00Z"), { ...quiet, from: "11:00", until: "13:00" }), true);
  const target = { channel: { ...MAIL, quiet }, closesAt: null };
  assert.match(warning(new Date("2025-01-05T03:00:00Z"), target, { isTemplate: false }), /quiet hours, 21:00 to 08:00/);
});

function scene(rows) {
  const inbox = Object.assign(new EventTarget(), {
    state: stateOf(rows),
    screen: { selected: 1, compose: { mode: "reply", focus: 0 }, notice: null },
    shown: [],
    show: (fields) => inbox.shown.push(fields),
    said: [],
    say: (words) => inbox.said.push(words),
    open: (id) => inbox.shown.push({ opened: id }),
    conversation: null,
  });
  inbox.sending = new Sending(inbox);
  return inbox;
}

function answering(status, body) {
  const asked = [];
  globalThis.document = { cookie: "" };
  globalThis.fetch = async (url) => {
    asked.push(url);
    return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  };
  return asked;
}

test("taking back opens the composer with the words, on their conversation", async () => {
  const asked = answering(200, {});
  const inbox = scene([reply(3, { conversation: 2, text: "Hi" })]);
  await inbox.sending.takeBack(inbox.sending.newest);
  assert.deepEqual(asked, ["/api/v1/messages/3/cancel/"]);
  assert.deepEqual(inbox.shown[0], { opened: 2 });
  const { compose } = inbox.shown[1];
  assert.deepEqual([compose.text, compose.isGivenBack, compose.focus], ["Hi", true, 1]);
});

test("what has left stays, and the agent is told", async () => {
  answering(409, { code: "has_left", detail: "It has left already." });
  const inbox = scene([reply(3)]);
  await inbox.sending.takeBack(inbox.sending.newest);
  assert.deepEqual(inbox.said, ["It has left already."]);
  assert.deepEqual(inbox.shown, []);
});

test("what was sent a moment ago is taken back once the server has named it", async () => {
  const asked = answering(200, {});
  const inbox = scene([conversation(1)]);
  const undone = inbox.sending.undoSent("mine");
  inbox.state = stateOf([reply(7, { client_id: "mine" })]);
  inbox.dispatchEvent(new Event("change"));
  assert.equal(await undone, true);
  assert.deepEqual(asked, ["/api/v1/messages/7/cancel/"]);
});

test("Ctrl+Z takes back, but in a field with words it is the field's own", () => {
  const run = [];
  const inbox = scene([reply(3)]);
  const item = commands().find((one) => one.id === "undoSend");
  assert.ok(validCommands(inbox).some((one) => one.id === "undoSend"));
  assert.ok(!validCommands(scene([])).some((one) => one.id === "undoSend"));
  const bindings = () => [{ keys: item.keys, run: () => run.push("undo"), inFields: item.inFields }];
  const shortcuts = new Shortcuts(bindings, { areSingleKeysOn: () => true, isField: (target) => target !== null });
  const press = (target) =>
    shortcuts.handle({ key: "z", ctrlKey: true, target, preventDefault() {}, metaKey: false, altKey: false });
  assert.equal(press({ value: "I go on" }), false);
  assert.equal(press({ value: "" }), true);
  assert.equal(press(null), true);
  assert.deepEqual(run, ["undo", "undo"]);
});
