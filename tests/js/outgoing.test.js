import assert from "node:assert/strict";
import { test } from "node:test";
import { outgoing, recipientsOf } from "#inbox/outgoing.js";

const JO = { address: "jo@example.com", name: "Jo" };
const MAIL = { key: "5:2", channel: { id: 2, kind: "email" }, identity: { id: 5 } };
const PLAIN = {
  client_id: "c1",
  conversation: 7,
  mode: "reply",
  text: "Hi",
  template: null,
  files: [],
  target: MAIL,
  recipients: null,
  replaces: null,
  undo: 0,
  later: null,
  resolves: false,
};
const bodyOf = (changes) => outgoing({ ...PLAIN, ...changes }, { name: "Ada" }, 41).body;

test("a reply says what was seen and where it goes, and nothing that was not chosen", () => {
  const said = {
    text: "Hi",
    attachments: [],
    kind: "reply",
    client_id: "c1",
    expected_event: 41,
    channel: 2,
    identity: 5,
  };
  assert.deepEqual(bodyOf({}), said);
});

test("a note goes nowhere, whatever was chosen for a reply", () => {
  const body = bodyOf({ mode: "note", replaces: 3, undo: 8, resolves: true, files: [{ id: 9 }] });
  assert.deepEqual(body, { text: "Hi", attachments: [9], kind: "note", client_id: "c1", expected_event: 41 });
});

test("a mail names its readers, and they come back as they went", () => {
  const body = bodyOf({ recipients: { to: [JO], cc: [], bcc: [] } });
  assert.deepEqual([body.to, body.cc, "identity" in body], [['"Jo" <jo@example.com>'], [], false]);
  assert.equal(recipientsOf(body).to[0].address, "jo@example.com");
});

test("a template goes instead of words and files", () => {
  const body = bodyOf({ template: { id: 4, variables: { 1: "Jo" } }, files: [{ id: 9 }] });
  assert.deepEqual(body.template, { id: 4, variables: { 1: "Jo" } });
  assert.equal("text" in body || "attachments" in body, false);
});

test("what waits says how long, or until when", () => {
  assert.equal(bodyOf({ undo: 8 }).undo_seconds, 8);
  const later = bodyOf({ undo: 8, later: { at: new Date("2025-01-02T09:00:00Z"), anyway: true } });
  assert.deepEqual(
    [later.send_at, later.sends_anyway, "undo_seconds" in later],
    ["2025-01-02T09:00:00.000Z", true, false],
  );
  assert.deepEqual([bodyOf({ replaces: 3 }).replaces, bodyOf({ resolves: true }).resolves], [3, true]);
});
