/** What the inbox calls things: views, states, reasons, and the lines that tell what happened. Pure. */
import { t } from "#language.js";
import { COUNT_CAP } from "#inbox/views.js";

/** @type {Record<string, () => string>} */
const VIEWS = {
  mine: () => t("Mine"),
  unassigned: () => t("Unassigned"),
  all: () => t("All open"),
  ai: () => t("With the assistant"),
  resolved: () => t("Resolved"),
};

/** @param {string} view */
export const viewName = (view) => VIEWS[view]?.() ?? view;

/** A view's count as the server gives it: no further than the cap. @param {number} count */
export const countWords = (count) => (count >= COUNT_CAP ? `${COUNT_CAP - 1}+` : String(count));

/** @type {Record<string, () => string>} */
const CHANNELS = {
  chat: () => t("Chat"),
  email: () => t("Email"),
  sms: () => t("SMS"),
  whatsapp: () => t("WhatsApp"),
  phone: () => t("Phone"),
};

/** @param {string} kind */
export const channelName = (kind) => CHANNELS[kind]?.() ?? kind;

/** Addresses that mean nothing to people, and what is said in their place. @type {Record<string, () => string>} */
const NAMELESS = {
  visitor: () => t("Website visitor"),
  whatsapp_user: () => t("WhatsApp account"),
};

/** @param {string} kind of an identity @returns {string} empty where its address is what people know it by */
export const namelessWords = (kind) => NAMELESS[kind]?.() ?? "";

/** @type {Record<string, () => string>} */
const FACTS = {
  order_number: () => t("Order number"),
  invoice_number: () => t("Invoice number"),
  email: () => t("Email address"),
  phone: () => t("Phone number"),
  amount: () => t("Amount"),
  date: () => t("Date"),
  address: () => t("Address"),
  name: () => t("Name"),
  product: () => t("Product"),
};

/** @param {string} name */
export function factName(name) {
  const words = name.replace(/_/g, " ");
  return FACTS[name]?.() ?? words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** Icon and words of a delivery state. @type {Record<string, [string, () => string]>} */
const DELIVERIES = {
  queued: ["clock", () => t("Queued")],
  held: ["held", () => t("Waiting to be sent")],
  sending: ["clock", () => t("Sending")],
  sent: ["sent", () => t("Sent")],
  delivered: ["delivered", () => t("Delivered")],
  read: ["delivered", () => t("Read")],
  failed: ["failed", () => t("Not delivered")],
  unknown: ["help", () => t("Not confirmed")],
  cancelled: ["ban", () => t("Cancelled")],
};

/** @param {string} state @returns {{icon: string, text: string} | null} */
export function delivery(state) {
  const found = DELIVERIES[state];
  return found ? { icon: found[0], text: found[1]() } : null;
}

/** @type {Record<string, () => string>} */
const TIER1 = {
  waiting: () => t("Assistant is reading"),
  answered: () => t("Answered"),
  offered: () => t("Offered an answer"),
  asked: () => t("Asked back"),
  handed_off: () => t("Handed to you"),
};

/** @param {string} state */
export const tier1Words = (state) => TIER1[state]?.() ?? "";

/** Did the message prove who sent it? Empty where nothing needs saying. @param {string} assurance */
export function assuranceDoubt(assurance) {
  if (assurance === "claimed") return t("Sender only claimed");
  if (assurance === "presented") return t("Sender not verified");
  return "";
}

/** Icon and words of an identity's best proof. @param {string} assurance */
export function assuranceMark(assurance) {
  if (assurance === "confirmed") return { icon: "verified", text: t("Confirmed by code"), isProved: true };
  if (assurance === "signed") return { icon: "verified", text: t("Signed by your site"), isProved: true };
  if (assurance === "channel") return { icon: "shield", text: t("Vouched for by the channel"), isProved: true };
  if (assurance === "vouched") return { icon: "people", text: t("Entered by your team"), isProved: false };
  if (assurance === "presented") return { icon: "unverified", text: t("Sender not verified"), isProved: false };
  return { icon: "unverified", text: t("Only claimed"), isProved: false };
}

/** @param {{kind: string, name: string}} author @param {string} me */
export function authorName(author, me) {
  if (author.kind === "ai") return t("Assistant");
  if (author.kind === "system") return t("System");
  if (author.kind === "agent" && author.name === me) return t("You");
  return author.name || t("Visitor");
}

/** Whoever showed no address; the server names her record the same. */
export const unknownSender = () => t("Unknown sender");

/**
 * One line of the thread's history: an icon, and a sentence about who did what.
 * @param {import("#inbox/rows.js").Entry} entry
 * @param {string} me
 * @returns {{icon: string, text: string}}
 */
export function happened(entry, me) {
  const who = authorName(entry.actor, me);
  const { facts } = entry;
  const say = HAPPENED[entry.type];
  const is_own = facts?.agent_name === entry.actor.name;
  return say ? say(who, { ...facts, is_own }) : { icon: "info", text: `${who}: ${entry.type.replace(/[._]/g, " ")}` };
}

/** @type {Record<string, (who: string, facts: Record<string, any>) => {icon: string, text: string}>} */
const HAPPENED = {
  "conversation.assigned": (who, facts) => assigned(who, facts),
  "conversation.resolved": (who, { by }) => ({
    icon: "resolved",
    text: by === "system" ? t("Resolved by itself") : t("{who} resolved this", { who }),
  }),
  "conversation.reopened": (who, { why }) => ({
    icon: "reopen",
    text: why === "not_delivered" ? t("Opened again: a message was not delivered") : t("{who} reopened this", { who }),
  }),
  "conversation.snoozed": (who) => ({ icon: "snooze", text: t("{who} snoozed this", { who }) }),
  "conversation.marked_spam": (who) => ({ icon: "spam", text: t("{who} marked this as spam", { who }) }),
  "conversation.joined": () => ({ icon: "join", text: t("Another conversation of this person was joined here") }),
  "conversation.moved": () => ({ icon: "join", text: t("Moved here with the customer it belongs to") }),
  "message.cancelled": (who) => ({ icon: "undo", text: t("{who} took back a reply", { who }) }),
  "participant.let_in": (who) => ({ icon: "people", text: t("{who} let somebody take part", { who }) }),
  "conversation.channel_switched": (_who, { to }) => ({
    icon: CHANNELS[to] ? to : "globe",
    text: t("Continued by {channel}", { channel: channelName(to) }),
  }),
  "tier1.handed_off": () => ({ icon: "handoff", text: t("The assistant handed this to a person") }),
  "tier1.taken_over": (who) => ({ icon: "agent", text: t("{who} took over from the assistant", { who }) }),
  "call.started": (_who, { is_withheld }) => ({
    icon: "phone",
    text: is_withheld ? t("Call began, number withheld") : t("Call began"),
  }),
  "call.back_wanted": () => ({ icon: "phone", text: t("The caller asks to be called back") }),
  "call.ended": (_who, facts) => ({ icon: "phone", text: callEnded(facts) }),
  "identity.confirmed": (who) => ({ icon: "verified", text: t("{who} confirmed an address with a code", { who }) }),
  "message.undelivered": (_who, facts) => ({ icon: "failed", text: undelivered(facts) }),
  "customer.merged": () => ({ icon: "join", text: t("Two customer records became one") }),
};

/** "Could not be delivered to jo@example.com: the mailbox does not exist". @param {Record<string, any>} facts */
function undelivered({ address, why, channel_kind }) {
  const to = address || channelName(channel_kind);
  const reason = String(why ?? "").replace(/\.$/, "");
  const said = reason.replace(/^(The|This|It|A|Something|Too)\b/, (/** @type {string} */ word) =>
    word.toLocaleLowerCase(),
  );
  return said
    ? t("Could not be delivered to {to}: {why}", { to, why: said })
    : t("Could not be delivered to {to}", { to });
}

/** @type {Record<string, () => string>} */
const CALL_OUTCOMES = {
  answered: () => t("answered by the assistant"),
  handed_off: () => t("handed to your team"),
  voicemail: () => t("left a voicemail"),
  call_back: () => t("wants to be called back"),
  abandoned: () => t("hung up before an answer"),
  failed: () => t("the connection failed"),
};

/** "Call ended after 1:42: left a voicemail". @param {Record<string, any>} facts */
function callEnded({ seconds, outcome }) {
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return t("Call ended after {length}: {outcome}", { length, outcome: CALL_OUTCOMES[outcome]?.() ?? outcome });
}

/** @param {string} who @param {Record<string, any>} facts */
function assigned(who, { agent_name: agent, team_name: team, is_own }) {
  if (agent && is_own) return { icon: "mine", text: t("{who} took this", { who }) };
  if (agent) return { icon: "assign", text: t("{who} assigned this to {agent}", { who, agent }) };
  if (team) return { icon: "team", text: t("{who} gave this to {team}", { who, team }) };
  return { icon: "unassigned", text: t("{who} put this back in the queue", { who }) };
}
