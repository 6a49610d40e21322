import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, EMPTY, fromSnapshot, rowsOf } from "#widget/store.js";

const message = (id, version, text = "hello") => ({ kind: "message", id, version, text });

test("an older version does not replace a newer one", () => {
  const state = apply(fromSnapshot({ seq: 4, objects: [message(1, 7, "new")] }), {
    seq: 5,
    objects: [message(1, 6, "old")],
  });
  assert.equal(rowsOf(state, "message")[0].text, "new");
  assert.equal(state.seq, 5);
});

test("a removed row does not come back by a late older one", () => {
  const removed = apply(fromSnapshot({ objects: [message(1, 2)] }), {
    removed: [{ kind: "message", id: 1, version: 3 }],
  });
  assert.deepEqual(rowsOf(apply(removed, { objects: [message(1, 2)] }), "message"), []);
  assert.equal(rowsOf(apply(removed, { objects: [message(1, 4)] }), "message").length, 1);
});

test("a removal that is older than the row removes nothing", () => {
  const state = apply(fromSnapshot({ objects: [message(1, 5)] }), {
    removed: [{ kind: "message", id: 1, version: 4 }],
  });
  assert.equal(rowsOf(state, "message").length, 1);
});

test("the same frame twice gives the very same state", () => {
  const frame = { seq: 2, objects: [message(1, 1)] };
  const once = apply(EMPTY, frame);
  assert.equal(apply(once, frame), once);
});

test("frames in any order end in the same rows", () => {
  const frames = [
    { seq: 1, objects: [message(1, 1)] },
    { seq: 2, objects: [message(1, 2, "changed"), message(2, 2)] },
    { seq: 3, removed: [{ kind: "message", id: 2, version: 3 }] },
  ];
  const orders = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [2, 0, 1],
  ];
  for (const order of orders) {
    const state = order.reduce((sum, at) => apply(sum, frames[at]), EMPTY);
    assert.deepEqual(rowsOf(state, "message"), [message(1, 2, "changed")]);
    assert.equal(state.seq, 3);
  }
});

test("an input state is never changed", () => {
  const before = fromSnapshot({ objects: [message(1, 1)] });
  apply(before, { objects: [message(1, 2), message(2, 1)] });
  assert.equal(before.rows.size, 1);
});
