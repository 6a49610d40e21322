import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, palette, parseHex } from "#widget/color.js";
import { codeIn, parseContact } from "#widget/contact.js";
import { pieces, safeUrl } from "#widget/rich-text.js";
import { entries, firstUnread, inOrder } from "#widget/timeline.js";

const at = (minute, facts) => ({
  id: minute,
  created_at: new Date(2025, 2, 3, 9, minute).toISOString(),
  direction: "inbound",
  author: { kind: "customer", name: "Jo" },
  channel_kind: "chat",
  ...facts,
});

test("an address is read as mail or phone, and anything else as nothing", () => {
  assert.deepEqual(parseContact(" jo@example.org "), { kind: "email", address: "jo@example.org" });
  assert.deepEqual(parseContact("+49 (170) 123-4411"), { kind: "phone", address: "+491701234411" });
  for (const text of [
    "",
    "jo",
    "jo@",
    "jo@host",
    "a@b@c.de",
    "jo doe@example.org",
    "12345",
    "+49 170 call me",
    "1".repeat(16),
  ]) {
    assert.equal(parseContact(text), null, text);
  }
});

test("a code is found however it was pasted", () => {
  for (const text of ["123456", "123 456", "Your code is 123456.", "Code: 123\u00a0456 (valid for 10 minutes)"]) {
    assert.equal(codeIn(text), "123456", text);
  }
  assert.equal(codeIn("12a3"), "123");
  assert.equal(codeIn("1".repeat(50)), "111111");
});

test("only web addresses become links, and the full stop stays outside", () => {
  assert.deepEqual(pieces("See https://shop.example/a(b). Or javascript:alert(1)"), [
    { text: "See " },
    { href: "https://shop.example/a(b)", text: "https://shop.example/a(b)" },
    { text: ". Or javascript:alert(1)" },
  ]);
  assert.equal(safeUrl("javascript:alert(1)"), null);
  assert.equal(safeUrl("data:text/html,x"), null);
});

test("a number in brackets points at a source only if there is one", () => {
  assert.deepEqual(pieces("Two days [1], see [9].", [1]), [
    { text: "Two days" },
    { citation: 1 },
    { text: ", see [9]." },
  ]);
});

test("long hostile text is cut into pieces quickly", () => {
  const started = performance.now();
  pieces("https://".repeat(50_000) + "[".repeat(50_000), [1]);
  pieces(`https://a.example/${")".repeat(100_000)}`);
  assert.ok(performance.now() - started < 500);
});

test("days are separated, and one person's quick messages stand together", () => {
  const list = entries(
    [at(0), at(2), at(20), at(21, { author: { kind: "agent", name: "Ada" }, direction: "outbound" })],
    [],
  );
  assert.deepEqual(
    list.map((entry) => entry.type),
    ["day", "message", "message", "message", "message"],
  );
  assert.deepEqual(
    list.slice(1).map((entry) => [entry.startsGroup, entry.endsGroup]),
    [
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ],
  );
});

test("a message keeps its key from writing to arrival", () => {
  const outgoing = { client_id: "c1", text: "hi", created_at: at(1).created_at, state: "sending" };
  const [, before] = entries([], [outgoing]);
  const [, after] = entries([at(1, { client_id: "c1" })], []);
  assert.equal(before.key, after.key);
});

test("rows are ordered by time, then by id as a number", () => {
  const same = at(1).created_at;
  assert.deepEqual(
    inOrder([at(2), { ...at(1), id: 10, created_at: same }, { ...at(1), id: 9, created_at: same }]).map(
      (each) => each.id,
    ),
    [9, 10, 2],
  );
});

test("who writes has read what stands above", () => {
  const out = { direction: "outbound" };
  assert.equal(firstUnread([at(1, out), at(2), at(3, out)], null), 2);
  assert.equal(firstUnread([at(1, out), at(2)], null), -1);
  assert.equal(firstUnread([at(1, out), at(2, out)], 1), 1);
});

test("every brand colour is made legible", () => {
  for (const hex of [
    "#ffffff",
    "#000000",
    "#ffe600",
    "#7f7f7f",
    "#ff0000",
    "#00ff88",
    "#1f6f5c",
    "#abc",
    "nonsense",
    "#12",
  ]) {
    const colors = Object.fromEntries(
      Object.entries(palette(hex)).map(([name, css]) => [name, css.match(/\d+/g).map(Number)]),
    );
    assert.ok(contrast(colors.brand, colors.onBrand) >= 4.5, `text on ${hex}`);
    assert.ok(contrast(colors.brandOnLight, [245, 246, 248]) >= 4.5, `${hex} on light`);
    assert.ok(contrast(colors.brandOnDark, [40, 42, 48]) >= 4.5, `${hex} on dark`);
  }
  assert.deepEqual(parseHex("#abc"), [170, 187, 204]);
});
