/**
 * Everybody on a mail: whom a reply goes to if nobody says otherwise, and addresses as they are typed. Pure.
 * @typedef {{address: string, name: string}} Person
 * @typedef {{to: Person[], cc: Person[], bcc: Person[]}} Recipients
 * @typedef {keyof Recipients} Field
 */
import { listed, plural, t } from "#language.js";

/** @type {readonly Field[]} */
export const FIELDS = ["to", "cc", "bcc"];
export const MAX_RECIPIENTS = 50;
// As the server reads them; it has the last word.
const ADDRESS = /^[^\s@<>()[\],;:"\\]{1,64}@[^\s@<>()[\],;:"\\]+\.[^\s@<>()[\],;:"\\]+$/u;

/** @param {string} one @param {string} other */
export const isSame = (one, other) => one.toLowerCase() === other.toLowerCase();

/**
 * The participant that an address is, if any.
 * @param {import("#inbox/rows.js").Conversation} conversation
 * @param {string | undefined} address
 */
export function participant(conversation, address) {
  return (conversation.participants ?? []).find((one) => address && isSame(one.address, address));
}

/**
 * Whether somebody wrote who does not take part: shown, and answered by nobody.
 * @param {import("#inbox/rows.js").Conversation} conversation
 * @param {import("#inbox/rows.js").Message} message
 */
export function isBeside(conversation, message) {
  return message.direction === "inbound" && participant(conversation, message.identity?.address)?.state === "beside";
}

/**
 * Whom a reply by mail goes to: the writer of the newest mail, and of those openly on it whoever takes part.
 * @param {import("#inbox/rows.js").Conversation} conversation
 * @param {import("#inbox/rows.js").Customer | null | undefined} customer
 * @param {import("#inbox/reply-targets.js").Target} target
 * @param {import("#inbox/rows.js").Message[]} messages  oldest first
 * @param {{isChosen?: boolean}} [options]  the address was chosen by hand: then its own newest mail is answered
 * @returns {{one: Recipients, all: Recipients}}
 */
export function answering(conversation, customer, target, messages, { isChosen = false } = {}) {
  const answered = messages.findLast(
    (row) =>
      row.direction === "inbound" &&
      row.channel?.id === target.channel.id &&
      !row.is_automatic &&
      !isBeside(conversation, row) &&
      (isChosen ? row.identity?.id === target.identity.id : row.identity?.kind === "email"),
  );
  const isHers = !answered || answered.identity?.id === target.identity.id;
  const address = answered?.identity?.address ?? target.identity.address;
  // Others are shown only the names that mails gave; what we call her ourselves is for her alone.
  const writer = { address, name: nameOf(conversation, messages, address) };
  const name =
    writer.name || (isHers && !isSame(conversation.customer.name, address) ? conversation.customer.name : "");
  /** @type {Recipients} */
  const one = { to: [{ address, name }], cc: [], bcc: [] };
  if (!answered || answered.assurance === "claimed") return { one, all: one };
  const known = takingPart(conversation, customer);
  const others = (/** @type {"to" | "cc"} */ field) =>
    (answered[field] ?? [])
      .filter((person) => known.has(person.address.toLowerCase()) && !isSame(person.address, writer.address))
      .map((person) => ({
        address: person.address,
        name: person.name || nameOf(conversation, messages, person.address),
      }));
  const [to, cc] = [others("to"), others("cc")];
  return { one, all: to.length + cc.length ? { to: [writer, ...to], cc, bcc: [] } : one };
}

/**
 * What somebody is called in the mails.
 * @param {import("#inbox/rows.js").Conversation} conversation
 * @param {import("#inbox/rows.js").Message[]} messages
 * @param {string} address
 */
function nameOf(conversation, messages, address) {
  const own = messages.findLast(
    (row) => row.direction === "inbound" && row.author.name && isSame(row.identity?.address ?? "", address),
  );
  return own?.author.name || participant(conversation, address)?.name || "";
}

/**
 * @param {import("#inbox/rows.js").Conversation} conversation
 * @param {import("#inbox/rows.js").Customer | null | undefined} customer
 */
function takingPart(conversation, customer) {
  const others = (conversation.participants ?? []).filter((one) => one.state !== "beside");
  const own = (customer?.identities ?? []).filter((one) => one.kind === "email" && one.assurance !== "claimed");
  return new Set([...others, ...own].map((one) => one.address.toLowerCase()));
}

/**
 * One address as it was typed: "kim@example.com" or "Kim <kim@example.com>"; null where it is none.
 * @param {string} text
 * @returns {Person | null}
 */
export function read(text) {
  const [, name = "", inside] = /^\s*"?([^"<>]*?)"?\s*<\s*([^<>]+?)\s*>\s*$/.exec(text) ?? [];
  const address = (inside ?? text).trim();
  return ADDRESS.test(address) && address.length <= 254 ? { address, name: name.trim() } : null;
}

/**
 * A list that was typed or pasted, taken apart: what is an address, and what is left over.
 * @param {string} text
 * @returns {{people: Person[], rest: string}}
 */
export function readAll(text) {
  const people = [];
  const rest = [];
  for (const part of text.split(/[,;\n]+/)) {
    if (!part.trim()) continue;
    const person = read(part);
    if (person) people.push(person);
    else rest.push(part.trim());
  }
  return { people, rest: rest.join(", ") };
}

/** As the server takes it. @param {Person} person */
export function written({ address, name }) {
  const plain = name.replaceAll(/["\\\r\n<>]/g, "").trim();
  return plain ? `"${plain}" <${address}>` : address;
}

/**
 * Add people to a field; whoever stands in another goes over.
 * @param {Recipients} recipients @param {Field} field @param {Person[]} people
 * @returns {Recipients}
 */
export function added(recipients, field, people) {
  let found = recipients;
  for (const person of people) {
    found = removed(found, person.address);
    found = { ...found, [field]: [...found[field], person] };
  }
  return found;
}

/** @param {Recipients} recipients @param {string} address @returns {Recipients} */
export function removed(recipients, address) {
  const without = (/** @type {Person[]} */ people) => people.filter((one) => !isSame(one.address, address));
  return { to: without(recipients.to), cc: without(recipients.cc), bcc: without(recipients.bcc) };
}

/** @param {Recipients} one @param {Recipients} other */
export function areEqual(one, other) {
  const key = (/** @type {Recipients} */ found) =>
    FIELDS.map((field) => found[field].map((person) => person.address.toLowerCase()).join()).join(" ");
  return key(one) === key(other);
}

/** @param {Person} person */
export const called = ({ name, address }) => name || address;

/** @type {Record<Field, () => string>} */
const LABELS = { to: () => t("To"), cc: () => t("Cc"), bcc: () => t("Bcc") };

/** @param {Field} field */
export const label = (field) => LABELS[field]();

/** "To Jo and Kim, Cc Lee" as far as it goes. @param {Partial<Recipients>} recipients */
export function inWords(recipients) {
  const parts = FIELDS.filter((field) => recipients[field]?.length).map((field) => {
    const people = recipients[field] ?? [];
    const shown = people.slice(0, people.length > 3 ? 2 : 3).map(called);
    const left = people.length - shown.length;
    const words = left ? [...shown, plural(left, { one: "{n} more", other: "{n} more" })] : shown;
    return `${label(field)} ${listed(words)}`;
  });
  return parts.join(", ");
}

/**
 * What is set under a mail before it is sent, with the writer's name in it; empty without a signature.
 * @param {import("#inbox/rows.js").Channel | undefined} channel @param {string} agent
 */
export function signature(channel, agent) {
  return (channel?.signature ?? "").replaceAll("{agent}", agent).trim();
}

/** What was written without the signature that went with it. @param {string} text @param {string} signed */
export function unsigned(text, signed) {
  return signed && text.endsWith(`\n\n${signed}`) ? text.slice(0, -signed.length - 2) : text;
}
