/**
 * Snapshot + frames = fresh snapshot, for every case pytest wrote: files {before, frames, after} in CONTRACT_CASES.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { KINDS } from "#inbox/rows.js";
import { emptyState, reduce } from "#inbox/store.js";

const folder = process.env.CONTRACT_CASES || join(import.meta.dirname, "cases");
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];

function rowsOf(state) {
  return Object.fromEntries(KINDS.map((kind) => [kind, new Map([...state.objects[kind]].sort(([a], [b]) => a - b))]));
}

for (const name of files)
  test(`replay ends where a fresh snapshot begins: ${name}`, () => {
    const { before, frames, after } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    const replayed = frames.reduce(reduce, reduce(emptyState(), { type: "restart", snapshot: before }));
    const fresh = reduce(emptyState(), { type: "restart", snapshot: after });
    assert.deepEqual(rowsOf(replayed), rowsOf(fresh));
    assert.equal(replayed.seq, fresh.seq);
  });

test("there may be no cases", () => assert.ok(Array.isArray(files)));
