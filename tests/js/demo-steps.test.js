import assert from "node:assert/strict";
import { test } from "node:test";
import { codeIn, next, steps } from "#demo/steps.js";

const FACTS = {
  channels: { sms: "+441", email: "help@shop.example" },
  person: { phone: "+1555", email: "jo@customer.example" },
  agentName: "Ada Lindqvist",
  isChatting: false,
  proved: [],
  sent: { sms: 0, whatsapp: 0, email: 0, phone: 0 },
  hasAgentWritten: false,
};

test("the tour has a step only for what the demo has a door for", () => {
  assert.deepEqual(
    steps(FACTS).map((step) => step.id),
    ["ask", "number", "sms", "address", "email", "answer"],
  );
  const all = steps({ ...FACTS, channels: { ...FACTS.channels, whatsapp: "+442", phone: "+443" } });
  assert.deepEqual(
    all.map((step) => step.id),
    ["ask", "number", "sms", "whatsapp", "address", "email", "phone", "answer"],
  );
});

test("the next step is the first that was not done, in whatever order they are done", () => {
  assert.equal(next(steps(FACTS))?.id, "ask");
  assert.equal(next(steps({ ...FACTS, isChatting: true, sent: { ...FACTS.sent, sms: 1 } }))?.id, "number");
  assert.equal(
    next(steps({ ...FACTS, isChatting: true, proved: ["phone"], sent: { ...FACTS.sent, sms: 1 } }))?.id,
    "address",
  );
});

test("when all is done there is no next step", () => {
  const done = {
    ...FACTS,
    isChatting: true,
    proved: ["phone", "email"],
    sent: { sms: 1, whatsapp: 0, email: 2, phone: 0 },
    hasAgentWritten: true,
  };
  assert.equal(next(steps(done)), null);
});

test("suggested lines hold her own addresses", () => {
  const lines = steps(FACTS).flatMap((step) => step.lines);
  assert.ok(lines.includes("My number is +1555"));
  assert.ok(lines.includes("My mail is jo@customer.example"));
});

test("a code is six digits that stand alone", () => {
  assert.equal(codeIn("385009 is your code."), "385009");
  assert.equal(codeIn("Call +441632960140 about FH-27514."), "");
});
