import assert from "node:assert/strict";
import { test } from "node:test";
import {
  added,
  answering,
  areEqual,
  inWords,
  isBeside,
  read,
  readAll,
  removed,
  signature,
  unsigned,
  written,
} from "#inbox/recipients.js";
import { defaultTarget } from "#inbox/reply-targets.js";
import { message } from "./build.js";

const JO = "jo@customer.example";
const KIM = "kim@customer.example";
const LEE = "lee@customer.example";
const EVE = "eve@elsewhere.example";
const mail = { id: 2, kind: "email", has_recipients: true, signature: "{agent}\nFernhill" };
const customer = { identities: [{ id: 7, kind: "email", address: JO, assurance: "channel" }] };
const target = { key: "7:2", identity: customer.identities[0], channel: mail, isOpen: true };
const conversation = {
  customer: { id: 1, name: "Jo" },
  participants: [
    { id: 1, address: "Kim@customer.example", name: "Kim", state: "in" },
    { id: 2, address: LEE, name: "", state: "beside" },
  ],
};
const person = (address, name = "") => ({ address, name });
const reader = (address) => ({ ...person(address), state: "", error: "" });

function wrote(id, address, fields = {}) {
  const identity = { id: address === JO ? 7 : 70 + id, kind: "email", address };
  return message(id, {
    identity,
    channel: { id: 2 },
    direction: "inbound",
    author: { kind: "customer", name: "" },
    to: [],
    cc: [],
    assurance: "channel",
    ...fields,
  });
}

const addresses = (found) => [found.to, found.cc, found.bcc].map((people) => people.map((one) => one.address));

test("a reply goes to the writer and to those on the mail who take part", () => {
  const asked = wrote(1, JO, { to: [reader(KIM)], cc: [reader(LEE), reader(EVE)] });
  const { one, all } = answering(conversation, customer, target, [asked]);
  assert.deepEqual(addresses(one), [[JO], [], []]);
  assert.deepEqual(addresses(all), [[JO, KIM], [], []]);
});

test("the newest mail is answered, whoever of those taking part wrote it", () => {
  const rows = [wrote(1, JO), wrote(2, KIM, { to: [reader(JO)] }), wrote(3, LEE, { cc: [reader(JO)] })];
  const { all } = answering(conversation, customer, target, rows);
  assert.deepEqual(addresses(all), [[KIM, JO], [], []]);
  assert.equal(isBeside(conversation, rows[2]), true);
});

test("where the address was chosen by hand its own newest mail is answered", () => {
  const rows = [wrote(1, JO, { cc: [reader(KIM)] }), wrote(2, KIM)];
  const { all } = answering(conversation, customer, target, rows, { isChosen: true });
  assert.deepEqual(addresses(all), [[JO], [KIM], []]);
});

test("what only claims its sender is answered to nobody else", () => {
  const { all } = answering(conversation, customer, target, [
    wrote(1, JO, { cc: [reader(KIM)], assurance: "claimed" }),
  ]);
  assert.deepEqual(addresses(all), [[JO], [], []]);
});

test("somebody else's mail keeps the reply on its channel", () => {
  const chat = { key: "8:1", identity: { id: 8 }, channel: { id: 1 }, isOpen: true };
  const hers = message(1, { identity: { id: 8 }, channel: { id: 1 } });
  assert.equal(defaultTarget([chat, target], [hers, wrote(2, KIM)]), target);
});

test("addresses are read as people type and paste them", () => {
  assert.deepEqual(read(" kim@customer.example "), person(KIM));
  assert.deepEqual(read('"Lee, Kim" <kim@customer.example>'), person(KIM, "Lee, Kim"));
  for (const text of ["kim", "kim@", "@x.example", "a b@x.example", "kim@customer", "<kim>", "a@b@c.example", ""])
    assert.equal(read(text), null, text);
  assert.deepEqual(readAll("kim@customer.example; nonsense,\nLee <lee@customer.example>"), {
    people: [person(KIM), person(LEE, "Lee")],
    rest: "nonsense",
  });
});

test("what goes to the server can't hold a second address in a name", () => {
  assert.equal(written(person(KIM, 'Kim" <eve@x.example>, "')), '"Kim eve@x.example," <kim@customer.example>');
  assert.equal(written(person(KIM)), KIM);
});

test("an address stands in one field at a time", () => {
  const before = { to: [person(JO)], cc: [person(KIM)], bcc: [] };
  const after = added(before, "bcc", [person("KIM@customer.example"), person(LEE)]);
  assert.deepEqual(addresses(after), [[JO], [], ["KIM@customer.example", LEE]]);
  assert.deepEqual(addresses(removed(after, LEE)), [[JO], [], ["KIM@customer.example"]]);
  assert.equal(areEqual(before, { ...before, cc: [person("KIM@customer.example", "Kim")] }), true);
});

test("the line says who gets it, and how many more", () => {
  assert.equal(inWords({ to: [person(JO, "Jo")], cc: [person(KIM, "Kim"), person(LEE)] }), `To Jo, Cc Kim and ${LEE}`);
  const crowd = ["a", "b", "c", "d"].map((name) => person(`${name}@x.example`, name));
  assert.equal(inWords({ to: crowd }), "To a, b, and 2 more");
});

test("a signature bears the writer's name and comes off again", () => {
  const signed = signature(mail, "Ada");
  assert.equal(signed, "Ada\nFernhill");
  assert.equal(unsigned(`On its way.\n\n${signed}`, signed), "On its way.");
  assert.equal(unsigned("On its way.", signed), "On its way.");
  assert.equal(signature({ signature: "" }, "Ada"), "");
});
