import assert from "node:assert/strict";
import { test } from "node:test";
import { commands, perform, validCommands } from "#inbox/commands.js";
import { addressOf, placeOf } from "#inbox/addresses.js";
import { Shortcuts, strokeOf } from "#inbox/shortcuts.js";
import { happened } from "#inbox/words.js";
import { ADA, conversation, stateOf } from "./build.js";

const press = (key, fields = {}) => ({ key, target: null, preventDefault() {}, ...fields });

function inboxWith(row) {
  const done = [];
  const inbox = {
    state: stateOf(row ? [row] : []),
    screen: { notice: null, compose: { mode: "reply", focus: 0 }, page: "list", isSidebarOpen: true },
    conversation: row ?? null,
    show: (fields) => done.push(["show", fields]),
    step: (by) => done.push(["step", by]),
    goToView: (view) => done.push(["view", view]),
    leave: () => done.push(["leave"]),
    work: { assign: (_, to) => done.push(["assign", to]), resolve: () => done.push(["resolve"]) },
  };
  return { inbox, done };
}

function shortcutsFor(inbox, options = {}) {
  const bindings = () => validCommands(inbox).map((item) => ({ keys: item.keys, run: () => perform(item, inbox) }));
  return new Shortcuts(bindings, { areSingleKeysOn: () => true, isField: () => false, now: () => 0, ...options });
}

test("no two commands share a key, and none begins another's sequence", () => {
  const keys = commands().flatMap((item) => item.keys);
  assert.equal(new Set(keys).size, keys.length);
  for (const one of keys) assert.ok(!keys.some((other) => other !== one && other.startsWith(`${one} `)));
});

test("every command has a name, a group, an icon and something to do", () => {
  for (const item of commands()) {
    assert.ok(item.title && item.group && item.icon, item.id);
    assert.ok(item.run || item.choices, item.id);
  }
  assert.equal(new Set(commands().map((item) => item.id)).size, commands().length);
});

test("j, k, e and i do their work", () => {
  const { inbox, done } = inboxWith(conversation(1));
  const shortcuts = shortcutsFor(inbox);
  for (const key of ["j", "k", "e", "i"]) shortcuts.handle(press(key));
  assert.deepEqual(done, [["step", 1], ["step", -1], ["leave"], ["resolve"], ["assign", { agent: ADA }]]);
});

test("g then m goes to Mine, and g alone to nowhere", () => {
  const { inbox, done } = inboxWith();
  let now = 0;
  const shortcuts = shortcutsFor(inbox, { now: () => now });
  shortcuts.handle(press("g"));
  shortcuts.handle(press("m"));
  assert.deepEqual(done, [["view", "mine"]]);
  shortcuts.handle(press("g"));
  now = 5_000;
  shortcuts.handle(press("u"));
  assert.equal(done.length, 1);
});

test("what makes no sense here does nothing", () => {
  const { inbox, done } = inboxWith();
  assert.equal(shortcutsFor(inbox).handle(press("e")), false);
  assert.deepEqual(done, []);
});

test("single keys rest while one writes and when they are turned off; those with Ctrl or ⌘ do not", () => {
  const { inbox, done } = inboxWith(conversation(1));
  shortcutsFor(inbox, { isField: () => true }).handle(press("e"));
  shortcutsFor(inbox, { areSingleKeysOn: () => false }).handle(press("e"));
  assert.deepEqual(done, []);
  shortcutsFor(inbox, { isField: () => true, areSingleKeysOn: () => false }).handle(press("k", { ctrlKey: true }));
  assert.deepEqual(done, [["show", { overlay: { name: "palette" } }]]);
});

test("strokes are written as commands write them", () => {
  assert.equal(strokeOf(press("E", { shiftKey: true })), "shift+e");
  assert.equal(strokeOf(press("?", { shiftKey: true })), "?");
  assert.equal(strokeOf(press("k", { metaKey: true })), "mod+k");
  assert.equal(strokeOf(press("Enter", { ctrlKey: true, shiftKey: true })), "mod+shift+Enter");
});

test("assigning asks to whom, with me first", () => {
  const { inbox, done } = inboxWith(conversation(1));
  const assign = commands().find((item) => item.id === "assign");
  perform(assign, inbox);
  assert.deepEqual(done.pop(), ["show", { overlay: { name: "palette", step: "assign" } }]);
  const choices = assign.choices(inbox);
  assert.equal(choices[0].title, "Ada (you)");
  choices[1].run();
  assert.equal(done.pop()[1].agent.name, "Grace");
});

test("the address says where we are", () => {
  assert.deepEqual(placeOf("/inbox/mine/345/"), { view: "mine", conversation: 345 });
  assert.deepEqual(placeOf("/inbox/nowhere/3/"), { view: "mine", conversation: null });
  assert.deepEqual(placeOf(addressOf("ai")), { view: "ai", conversation: null });
  assert.equal(addressOf("all", 5), "/inbox/all/5/");
});

test("what happened is told in sentences", () => {
  const entry = (type, facts = {}, actor = { kind: "agent", name: "Ada" }) =>
    happened({ type, facts, actor }, "Ada").text;
  assert.equal(entry("conversation.assigned", { agent_name: "Grace" }), "You assigned this to Grace");
  assert.equal(entry("conversation.assigned", {}), "You put this back in the queue");
  assert.equal(entry("conversation.resolved", {}, { kind: "agent", name: "Grace" }), "Grace resolved this");
  assert.equal(entry("ship.sailed", {}), "You: ship sailed");
});
