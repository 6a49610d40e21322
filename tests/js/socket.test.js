import assert from "node:assert/strict";
import { test } from "node:test";
import { InboxSocket, OFFLINE_MS, QUIET_MS, retryDelay } from "#inbox/socket.js";

/** A socket with a clock of its own and a server that does what the test says. */
function world() {
  let now = 0;
  let timers = [];
  const opened = [];
  const connections = [];
  const frames = [];
  let seq = 5;
  const socket = new InboxSocket({
    url: () => `/ws/inbox/?after=${seq}`,
    onFrame: (frame) => {
      frames.push(frame);
      if (frame.seq) seq = frame.seq;
    },
    onConnection: (connection) => connections.push(connection),
    open: (url) => {
      const fake = { url, sent: [], send: (text) => fake.sent.push(JSON.parse(text)), close: () => fake.onclose?.() };
      opened.push(fake);
      return fake;
    },
    later: (run, ms) => {
      const timer = { run, at: now + ms };
      timers.push(timer);
      return timer;
    },
    cancel: (timer) => {
      timers = timers.filter((item) => item !== timer);
    },
    random: () => 1,
  });
  const pass = (ms) => {
    const end = now + ms;
    for (;;) {
      timers.sort((a, b) => a.at - b.at);
      if (!timers.length || timers[0].at > end) break;
      const timer = timers.shift();
      now = timer.at;
      timer.run();
    }
    now = end;
  };
  const hear = (frame) => opened.at(-1).onmessage({ data: JSON.stringify(frame) });
  return { socket, opened, connections, frames, pass, hear, drop: () => opened.at(-1).onclose() };
}

test("it replays from the last frame it saw", () => {
  const { socket, opened, hear, drop, pass } = world();
  socket.connect();
  hear({ type: "ready", seq: 5 });
  hear({ type: "event", seq: 9, objects: [] });
  drop();
  pass(1_000);
  assert.equal(opened.length, 2);
  assert.equal(opened[1].url, "/ws/inbox/?after=9");
});

test("a short drop is nobody's business", () => {
  const { socket, connections, hear, drop, pass } = world();
  socket.connect();
  hear({ type: "ready", seq: 5 });
  drop();
  pass(500);
  hear({ type: "ready", seq: 5 });
  pass(10_000);
  assert.deepEqual(
    connections.filter((name) => name === "reconnecting" || name === "offline"),
    [],
  );
});

test("a longer one is told, first quietly, then plainly, and ends when the server is back", () => {
  const { socket, connections, hear, drop, pass, opened } = world();
  socket.connect();
  hear({ type: "ready", seq: 5 });
  drop();
  let seen = opened.length;
  for (let waited = 0; waited < OFFLINE_MS + 200; waited += 100) {
    pass(100);
    if (opened.length > seen) {
      seen = opened.length;
      drop();
    }
  }
  assert.deepEqual(connections, ["open", "reconnecting", "offline"]);
  assert.ok(QUIET_MS < OFFLINE_MS);
  socket.wake();
  hear({ type: "ready", seq: 5 });
  assert.equal(connections.at(-1), "open");
});

test("attempts back off, with chance, up to a limit", () => {
  assert.equal(
    retryDelay(0, () => 1),
    400,
  );
  assert.equal(
    retryDelay(1, () => 1),
    800,
  );
  assert.equal(
    retryDelay(1, () => 0),
    400,
  );
  assert.equal(
    retryDelay(50, () => 1),
    15_000,
  );
});

test("a silent connection is given up once the server is known to answer pings", () => {
  const { socket, opened, hear, pass } = world();
  socket.connect();
  hear({ type: "ready", seq: 5 });
  pass(26_000);
  assert.equal(opened[0].sent.at(-1).type, "ping");
  pass(20_000);
  assert.equal(opened.length, 1);
  hear({ type: "pong" });
  pass(26_000);
  pass(10_000);
  assert.equal(opened.length, 2);
});

test("the conversation we look at is said again after a reconnect", () => {
  const { socket, opened, hear, drop, pass } = world();
  socket.connect();
  hear({ type: "ready", seq: 5 });
  socket.stand({ type: "open", conversation: 3 });
  drop();
  pass(1_000);
  hear({ type: "ready", seq: 5 });
  assert.deepEqual(opened[1].sent, [{ type: "open", conversation: 3 }]);
});
