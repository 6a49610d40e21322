import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused, Unreachable } from "#inbox/api.js";
import { memoryStorage } from "#inbox/browser-storage.js";
import { Drafts } from "#inbox/drafts.js";
import { Outbox } from "#inbox/outbox.js";

const item = (client_id, conversation = 1) => ({
  client_id,
  conversation,
  body: { text: client_id, client_id },
  shown: { client_id, conversation, text: client_id },
});

/** An outbox whose server does what `serve` says, with what it did written down. */
function outboxWith(serve, storage = memoryStorage(), extra = {}) {
  const sent = [];
  const actions = [];
  const timers = [];
  const outbox = new Outbox({
    storage,
    send: async (entry) => {
      sent.push(entry.client_id);
      return serve(entry, sent.length);
    },
    dispatch: (action) => actions.push(action),
    later: (run) => timers.push(run),
    ...extra,
  });
  return { outbox, sent, actions, timers, storage };
}

const row = (entry) => ({ kind: "message", id: 1, version: 1, client_id: entry.client_id });
const lastState = (actions) => actions.findLast((action) => action.fields?.state)?.fields.state;

test("a message is stored before it is sent and gone once the server has it", async () => {
  const storage = memoryStorage();
  const { outbox, actions } = outboxWith(async (entry) => {
    assert.ok(await storage.get("a"));
    return row(entry);
  }, storage);
  await outbox.add(item("a"));
  assert.deepEqual(await storage.all(), []);
  assert.deepEqual(
    actions.map((action) => action.type),
    ["pending", "pendingChanged", "rows", "pendingDropped"],
  );
});

test("without a network it waits and is sent once it is back", async () => {
  let isDown = true;
  const { outbox, sent, timers, storage, actions } = outboxWith((entry) => {
    if (isDown) throw new Unreachable("no network");
    return row(entry);
  });
  await outbox.add(item("a"));
  assert.equal(lastState(actions), "queued");
  assert.equal((await storage.all()).length, 1);
  isDown = false;
  assert.equal(timers.length, 1);
  await outbox.flush();
  assert.deepEqual(sent, ["a", "a"]);
  assert.deepEqual(await storage.all(), []);
});

test("messages leave in the order they were written", async () => {
  let isDown = true;
  const { outbox, sent } = outboxWith((entry) => {
    if (isDown) throw new Unreachable("no network");
    return row(entry);
  });
  for (const name of ["a", "b", "c"]) await outbox.add(item(name));
  sent.length = 0;
  isDown = false;
  await outbox.flush();
  assert.deepEqual(sent, ["a", "b", "c"]);
});

test("two tabs over one storage send a message once", async () => {
  const storage = memoryStorage();
  let queue = Promise.resolve();
  const exclusively = (run) => {
    queue = queue.then(run);
    return queue;
  };
  const first = outboxWith(row, storage, { exclusively });
  const second = outboxWith(row, storage, { exclusively });
  await storage.put("a", { ...item("a"), order: 1 });
  await Promise.all([first.outbox.flush(), second.outbox.flush()]);
  assert.equal(first.sent.length + second.sent.length, 1);
});

test("a refusal keeps the words, holds back what follows, and can be retried", async () => {
  let refuse = true;
  const { outbox, sent, storage, actions } = outboxWith((entry) => {
    if (refuse && entry.client_id === "a") throw new Refused(400, { code: "closed", detail: "The window is closed." });
    return row(entry);
  });
  await outbox.add(item("a"));
  await outbox.add(item("b"));
  await outbox.add(item("other", 2));
  assert.deepEqual(sent, ["a", "other"]);
  assert.equal((await storage.get("a")).failed, "The window is closed.");
  assert.ok(actions.some((action) => action.fields?.error === "The window is closed."));
  refuse = false;
  await outbox.retry("a", { channel: 3 });
  assert.deepEqual(sent, ["a", "other", "a", "b"]);
});

test("a conflict gives the words back with what came in between", async () => {
  const conflicts = [];
  const since = [{ kind: "message", id: 9, version: 1 }];
  const { outbox, storage, actions } = outboxWith(
    () => {
      throw new Refused(409, { code: "conflict", detail: "Something came in.", since });
    },
    memoryStorage(),
    { onConflict: (entry) => conflicts.push(entry.client_id) },
  );
  await outbox.add(item("a"));
  assert.deepEqual(conflicts, ["a"]);
  assert.deepEqual(await storage.all(), []);
  assert.deepEqual(actions.find((action) => action.type === "rows").rows, since);
});

test("what an earlier tab left is shown and sent", async () => {
  const storage = memoryStorage();
  await storage.put("old", { ...item("old"), order: 1 });
  const { outbox, sent, actions } = outboxWith(row, storage);
  await outbox.restore();
  assert.deepEqual(sent, ["old"]);
  assert.equal(actions[0].type, "pending");
});

test("a draft is saved shortly after it is typed, and a cleared one is not brought back", async () => {
  const storage = memoryStorage();
  const timers = [];
  const drafts = new Drafts(storage, (run) => timers.push(run));
  drafts.write(1, "reply", "He");
  drafts.write(1, "reply", "Hello");
  assert.equal(timers.length, 1);
  timers[0]();
  await drafts.writing;
  assert.equal(await storage.get("1:reply"), "Hello");
  drafts.write(1, "reply", "Hello you");
  drafts.write(1, "reply", "");
  await drafts.flush();
  assert.equal(await storage.get("1:reply"), undefined);
  assert.equal(await new Drafts(storage).read(1, "reply"), "");
});

test("reply and note of a conversation keep drafts of their own", async () => {
  const drafts = new Drafts(memoryStorage(), () => {});
  drafts.write(1, "reply", "to Jo");
  drafts.write(1, "note", "to us");
  assert.equal(await drafts.read(1, "note"), "to us");
  assert.deepEqual([...(await drafts.conversations())], [1]);
});
