import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "#widget/outbox.js";
import { Session } from "#widget/session.js";
import { waitBefore } from "#widget/socket.js";
import { Memory } from "#widget/storage.js";

/** A storage as browsers have it, shared by all tabs of one visitor. */
function storage() {
  const values = new Map();
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => values.set(name, value),
    removeItem: (name) => values.delete(name),
  };
}

/** One tab of jo's, and the server's end of its sockets. */
function tab(t, shared = storage()) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.parse("2025-03-03T09:00:00Z") });
  const sockets = [];
  class Socket {
    constructor() {
      this.readyState = 0;
      this.sent = [];
      sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
    }
    accept() {
      this.readyState = 1;
      this.onopen();
    }
    push(frame) {
      this.onmessage({ data: JSON.stringify(frame) });
    }
    drop(code = 1006) {
      this.readyState = 3;
      this.onclose({ code });
    }
    of(type) {
      return this.sent.filter((frame) => frame.type === type);
    }
  }
  const memory = new Memory("key", shared);
  const session = new Session({ url: "ws://test", memory, outbox: new Outbox(memory), Socket });
  session.start();
  return { session, memory, sockets, last: () => sockets.at(-1) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const ready = (facts = {}) => ({ type: "ready", token: "t1", conversation: null, seq: 3, objects: [], ...facts });
const row = (id, facts) => ({
  kind: "message",
  id,
  version: id,
  created_at: "2025-03-03T09:00:00Z",
  direction: "inbound",
  author: { kind: "customer", name: "Jo" },
  text: "hi",
  client_id: null,
  channel_kind: "chat",
  ...facts,
});

async function opened(t, shared) {
  const jo = tab(t, shared);
  jo.last().accept();
  await settled();
  jo.last().push(ready());
  return jo;
}

test("the first hello has no token, the next one has the token and the place in the log", async (t) => {
  const jo = await opened(t);
  assert.deepEqual(jo.sockets[0].of("hello"), [{ type: "hello" }]);
  jo.last().push({ type: "event", seq: 9, event: { type: "message.created" }, objects: [row(1)] });
  jo.last().drop();
  t.mock.timers.tick(600);
  jo.last().accept();
  assert.deepEqual(jo.sockets[1].of("hello"), [{ type: "hello", token: "t1", after: 9 }]);
});

test("a message lost with the connection is sent again under the same client_id and shown once", async (t) => {
  const jo = await opened(t);
  jo.session.say("  where is my order?  ");
  const [first] = jo.last().of("message");
  assert.equal(first.text, "where is my order?");
  jo.last().drop();
  assert.equal(jo.session.outbox.items[0].state, "waiting");
  t.mock.timers.tick(600);
  jo.last().accept();
  jo.last().push(ready());
  assert.deepEqual(jo.last().of("message"), [first]);
  jo.last().push({ type: "accepted", client_id: first.client_id, id: 1 });
  assert.equal(jo.session.outbox.items[0].state, "sent");
  jo.last().push({ type: "event", seq: 4, objects: [row(1, { client_id: first.client_id })] });
  assert.deepEqual(jo.session.outbox.items, []);
  assert.equal(jo.session.messages.length, 1);
});

test("what was written without a connection survives a page load", async (t) => {
  const shared = storage();
  const before = tab(t, shared);
  before.session.say("written in a tunnel");
  t.mock.timers.reset();
  const after = tab(t, shared);
  after.last().accept();
  await settled();
  after.last().push(ready());
  assert.equal(after.last().of("message")[0].text, "written in a tunnel");
});

test("a refused message says why and can be tried again or deleted", async (t) => {
  const jo = await opened(t);
  jo.session.say("one too many");
  const [{ client_id }] = jo.last().of("message");
  jo.last().push({ type: "error", code: "rate_limited", text: "A little slower, please.", client_id });
  assert.equal(jo.session.outbox.items[0].reason, "A little slower, please.");
  assert.deepEqual(jo.session.outbox.unsent, []);
  jo.session.retry(client_id);
  assert.equal(jo.last().of("message").length, 2);
  jo.session.discard(client_id);
  assert.deepEqual(jo.session.outbox.items, []);
});

test("a message the server could not take just now is sent again by itself", async (t) => {
  const jo = await opened(t);
  jo.session.say("is anybody there?");
  const [first] = jo.last().of("message");
  jo.last().push({ type: "error", code: "try_again", text: "Please try again.", client_id: first.client_id });
  assert.equal(jo.session.outbox.items[0].state, "sending");
  t.mock.timers.tick(2_000);
  assert.deepEqual(jo.last().of("message"), [first, first]);
  t.mock.timers.tick(18_000);
  assert.equal(jo.session.outbox.items[0].state, "failed");
});

test("a message nobody accepts counts as failed after a while", async (t) => {
  const jo = await opened(t);
  jo.session.say("anybody there?");
  t.mock.timers.tick(20_000);
  assert.equal(jo.session.outbox.items[0].state, "failed");
});

test("after a reset the snapshot replaces everything", async (t) => {
  const jo = await opened(t);
  jo.last().push({ type: "event", seq: 4, objects: [row(1)] });
  jo.last().push({ type: "reset" });
  assert.deepEqual(jo.last().of("hello").at(-1), { type: "hello", token: "t1" });
  jo.last().push(ready({ seq: 20, objects: [row(2)] }));
  assert.deepEqual(
    jo.session.messages.map((message) => message.id),
    [2],
  );
});

test("a wrong code is told, a right one ends the question", async (t) => {
  const jo = await opened(t);
  const challenge = { kind: "challenge", id: 1, version: 1, address_hint: "•••• 4411", state: "pending" };
  jo.last().push({ type: "event", seq: 4, objects: [challenge] });
  jo.session.verify("111111");
  assert.deepEqual(jo.last().of("verify"), [{ type: "verify", code: "111111" }]);
  jo.last().push({ type: "error", code: "wrong_code", text: "" });
  assert.deepEqual(jo.session.problem, { about: "code", text: "" });
  jo.session.verify("123456");
  jo.last().push({ type: "event", seq: 5, objects: [{ ...challenge, version: 2, state: "proved" }] });
  assert.equal(jo.session.problem, null);
  assert.equal(jo.session.challenge.state, "proved");
});

test("a code that gets no answer may be tried again", async (t) => {
  const jo = await opened(t);
  jo.session.verify("123456");
  t.mock.timers.tick(10_000);
  assert.equal(jo.session.asked, null);
  assert.deepEqual(jo.session.problem, { about: "code", text: null });
});

test("reading is reported once, up to the last message of the other side", async (t) => {
  const jo = await opened(t);
  const agent = { direction: "outbound", author: { kind: "agent", name: "Ada" } };
  jo.last().push({ type: "event", seq: 4, objects: [row(1, agent), row(2, agent)] });
  assert.equal(jo.session.unread.length, 2);
  jo.session.markSeen();
  jo.session.markSeen();
  assert.deepEqual(jo.last().of("seen"), [{ type: "seen", message: 2 }]);
  assert.equal(jo.session.unread.length, 0);
});

test("typing is reported at most every three seconds", async (t) => {
  const jo = await opened(t);
  for (let second = 0; second < 6; second += 1) {
    jo.session.type();
    t.mock.timers.tick(1_000);
  }
  assert.equal(jo.last().of("typing").length, 2);
});

test("frames of strangers' shapes change nothing", async (t) => {
  const jo = await opened(t);
  for (const frame of [null, 5, "x", [], { type: "constructor" }, { type: "__proto__" }, {}]) jo.last().push(frame);
  jo.last().onmessage({ data: "{broken" });
  assert.deepEqual(jo.session.messages, []);
});

test("a refused channel is not tried again", async (t) => {
  const jo = await opened(t);
  jo.last().drop(4403);
  t.mock.timers.tick(120_000);
  assert.equal(jo.sockets.length, 1);
  assert.equal(jo.session.linkState, "refused");
});

test("logging out forgets the visitor and begins anew", async (t) => {
  const jo = await opened(t);
  jo.session.say("secret");
  jo.session.forget();
  jo.last().accept();
  await settled();
  assert.deepEqual(jo.last().of("hello"), [{ type: "hello" }]);
  assert.deepEqual(jo.last().of("message"), []);
});

test("waiting grows, has chance in it, and ends at half a minute", () => {
  assert.equal(
    waitBefore(0, () => 0),
    250,
  );
  assert.equal(
    waitBefore(0, () => 1),
    500,
  );
  assert.equal(
    waitBefore(3, () => 1),
    4_000,
  );
  assert.equal(
    waitBefore(50, () => 1),
    30_000,
  );
});

test("blocked storage is replaced by the page's own memory", () => {
  const memory = new Memory("key", null);
  memory.write("draft", "hello");
  assert.equal(memory.read("draft", ""), "hello");
  memory.forget("draft");
  assert.equal(memory.read("draft", ""), "");
});
