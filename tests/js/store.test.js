import assert from "node:assert/strict";
import { test } from "node:test";
import { reduce } from "#inbox/store.js";
import { brief, conversation as shown, conversationsIn, doer, thread, writer } from "#inbox/selectors.js";
import { ADA, conversation, event, message, snapshot, stateOf } from "./build.js";

const pending = (client_id, fields = {}) => ({
  type: "pending",
  message: { client_id, conversation: 1, mode: "reply", text: "Hi", created_at: "2025-01-01T11:00:00Z", ...fields },
});

test("a newer row replaces an older one and an older one changes nothing", () => {
  let state = stateOf([conversation(1, { version: 3, subject: "new" })]);
  const before = state;
  state = reduce(state, event(11, [conversation(1, { version: 2, subject: "old" })]));
  assert.equal(state.objects.conversation.get(1).subject, "new");
  assert.equal(state.objects.conversation, before.objects.conversation);
  state = reduce(state, event(12, [conversation(1, { version: 4, subject: "newest" })]));
  assert.equal(state.objects.conversation.get(1).subject, "newest");
});

test("a removed row does not come back with a late frame", () => {
  let state = stateOf([message(5, { version: 2 })]);
  state = reduce(state, event(11, [], { removed: [{ kind: "message", id: 5, version: 3 }] }));
  assert.equal(state.objects.message.size, 0);
  state = reduce(state, event(12, [message(5, { version: 2 })]));
  assert.equal(state.objects.message.size, 0);
  state = reduce(state, event(13, [message(5, { version: 4 })]));
  assert.equal(state.objects.message.size, 1);
});

test("a removal older than the row we hold is ignored", () => {
  let state = stateOf([message(5, { version: 4 })]);
  state = reduce(state, event(11, [], { removed: [{ kind: "message", id: 5, version: 3 }] }));
  assert.equal(state.objects.message.size, 1);
});

test("frames repeated or out of order end in the same state", () => {
  const frames = [1, 2, 3, 4].map((n) => event(10 + n, [conversation(1, { version: 1 + n, subject: `s${n}` })]));
  const play = (order) => order.reduce((state, n) => reduce(state, frames[n]), stateOf([conversation(1)]));
  const straight = play([0, 1, 2, 3]);
  const shuffled = play([3, 0, 2, 2, 1, 3]);
  assert.deepEqual(shuffled.objects, straight.objects);
  assert.equal(shuffled.seq, straight.seq);
});

test("a page of another view adds rows and leaves our place in the log", () => {
  let state = stateOf([conversation(1)]);
  state = reduce(state, { type: "snapshot", snapshot: snapshot([conversation(2)], { seq: 99, view: "resolved" }) });
  assert.deepEqual([...state.objects.conversation.keys()], [1, 2]);
  assert.equal(state.seq, 10);
});

test("after a restart only what we wrote and did not send remains", () => {
  let state = reduce(stateOf([conversation(1), message(3)]), pending("c1"));
  state = reduce(state, { type: "restart", snapshot: snapshot([conversation(2)], { seq: 50 }) });
  assert.deepEqual([...state.objects.conversation.keys()], [2]);
  assert.equal(state.objects.message.size, 0);
  assert.equal(state.seq, 50);
  assert.equal(state.pending.size, 1);
});

test("a confirmed message takes the place of the one we showed, under the same key", () => {
  let state = reduce(stateOf([conversation(1)]), pending("c1"));
  const before = thread(state, 1).map((line) => line.key);
  state = reduce(state, event(11, [message(8, { client_id: "c1", direction: "outbound" })]));
  assert.deepEqual(
    thread(state, 1).map((line) => line.key),
    before,
  );
  assert.equal(state.pending.size, 0);
});

test("counts follow a row from view to view", () => {
  const counts = { mine: 0, unassigned: 1, all: 1, ai: 0, resolved: 0 };
  let state = stateOf([conversation(1)], { counts });
  state = reduce(state, event(11, [conversation(1, { version: 2, assignee: ADA })]));
  assert.deepEqual(state.counts, { mine: 1, unassigned: 0, all: 1, ai: 0, resolved: 0 });
  state = reduce(state, event(12, [conversation(1, { version: 3, assignee: ADA, state: "resolved" })]));
  assert.deepEqual(state.counts, { mine: 0, unassigned: 0, all: 0, ai: 0, resolved: 1 });
  assert.equal(state.areCountsStale, false);
});

test("a row never seen before, or a capped count that changes, asks for fresh counts", () => {
  const fresh = reduce(stateOf([]), event(11, [conversation(9)]));
  assert.equal(fresh.areCountsStale, true);
  const capped = stateOf([conversation(1)], { counts: { mine: 0, unassigned: 100, all: 100, ai: 0, resolved: 0 } });
  const after = reduce(capped, event(11, [conversation(1, { version: 2, assignee: ADA })]));
  assert.equal(after.areCountsStale, true);
  assert.equal(after.counts.unassigned, 100);
  assert.equal(after.counts.mine, 1);
});

test("our own change shows at once and gives way to the row that confirms it", () => {
  let state = stateOf([conversation(1)]);
  state = reduce(state, { type: "patch", conversation: 1, token: "a", fields: { assignee: ADA } });
  assert.deepEqual(
    conversationsIn(state, "mine").map((row) => row.id),
    [1],
  );
  state = reduce(state, event(11, [conversation(1, { version: 2, assignee: { id: 2, name: "Grace" } })]));
  assert.equal(shown(state, 1).assignee.name, "Grace");
});

test("a refused change rolls back, but not a later one", () => {
  let state = stateOf([conversation(1)]);
  state = reduce(state, { type: "patch", conversation: 1, token: "a", fields: { state: "resolved" } });
  state = reduce(state, { type: "patch", conversation: 1, token: "b", fields: { state: "snoozed" } });
  state = reduce(state, { type: "patchDropped", conversation: 1, token: "a" });
  assert.equal(shown(state, 1).state, "snoozed");
  state = reduce(state, { type: "patchDropped", conversation: 1, token: "b" });
  assert.equal(shown(state, 1).state, "open");
});

test("typing ends with the message", () => {
  let state = stateOf([conversation(1)]);
  state = reduce(state, { type: "typing", conversation: 1, author: { kind: "customer", name: "Jo" }, at: 5 });
  assert.equal(state.typing.size, 1);
  const frame = event(11, [message(1)]);
  frame.event = { type: "message.created", conversation: 1, actor: { kind: "customer", name: "Jo" }, facts: {} };
  assert.equal(reduce(state, frame).typing.size, 0);
});

test("unknown frames and unknown kinds of rows change nothing", () => {
  const state = stateOf([conversation(1)]);
  assert.equal(reduce(state, { type: "weather" }), state);
  assert.deepEqual(reduce(state, event(10, [{ kind: "spell", id: 1, version: 1 }])).objects, state.objects);
});

test("the thread joins messages, notes and events by time and marks days and runs", () => {
  const state = stateOf([
    message(1, { created_at: "2025-01-01T10:00:00Z" }),
    message(2, { created_at: "2025-01-01T10:02:00Z" }),
    message(3, { created_at: "2025-01-01T10:03:00Z", channel_kind: "sms" }),
    { kind: "note", id: 1, version: 1, conversation: 1, author: ADA, text: "n", created_at: "2025-01-03T10:00:00Z" },
    { kind: "entry", id: 1, version: 1, conversation: 1, type: "x", created_at: "2025-01-01T09:59:00Z" },
    message(4, { conversation: 2 }),
  ]);
  const lines = thread(state, 1);
  assert.deepEqual(
    lines.map((line) => line.key),
    ["entry:1", "message:1", "message:2", "message:3", "note:1"],
  );
  assert.deepEqual(
    lines.map((line) => line.opensDay),
    [true, false, false, false, true],
  );
  assert.deepEqual(
    lines.map((line) => line.continues),
    [false, false, true, false, false],
  );
});

test("the newest brief of a conversation is the one shown", () => {
  const state = stateOf([
    { kind: "handoff", id: 1, version: 1, conversation: 1, wish: "old" },
    { kind: "handoff", id: 2, version: 1, conversation: 1, wish: "new" },
    { kind: "handoff", id: 3, version: 1, conversation: 2, wish: "other" },
  ]);
  assert.equal(brief(state, 1).wish, "new");
  assert.equal(brief(state, 9), null);
});

test("a message without a name is the customer's where the address is hers alone", () => {
  const identities = [
    { id: 1, kind: "visitor", address: "v1", is_shared: false, reach: [] },
    { id: 2, kind: "phone", address: "+44", is_shared: true, reach: [] },
  ];
  const state = stateOf([conversation(1), { kind: "customer", id: 7, version: 1, name: "Jo", identities }]);
  const by = (identity) => writer(state, message(1, { author: { kind: "customer", name: "" }, identity }));
  assert.equal(by({ id: 1, kind: "visitor", address: "v1" }), "Jo");
  assert.equal(by({ id: 2, kind: "phone", address: "+44" }), "+44");
  assert.equal(by({ id: 9, kind: "visitor", address: "v9" }), "");
  assert.equal(by(null), "Unknown sender");
});

test("what a customer did is told by the name she is known by now", () => {
  const state = stateOf([{ ...conversation(1), customer: { id: 7, name: "Jo" } }]);
  const told = (actor) => doer(state, { kind: "entry", id: 1, conversation: 1, actor }).name;
  assert.equal(told({ kind: "customer", id: 7, name: "" }), "Jo");
  assert.equal(told({ kind: "agent", id: 2, name: "Ada" }), "Ada");
});
