/** The tour: what to try next, and how to tell that it was done. Pure. */

/**
 * @typedef {{channels: Record<string, string>, person: {phone: string, email: string}, isChatting: boolean,
 *   proved: string[], sent: Record<string, number>, agentName: string, hasAgentWritten: boolean}} Facts
 * @typedef {{id: string, channel: string, device: "phone" | "laptop" | "inbox", app: string, title: string,
 *   icon: string, words: string, lines: string[], isDone: boolean}} Step
 */

const ORDER = "FH-27514";

/** @type {Record<string, string[]>} */
export const LINES = {
  sms: [`My order ${ORDER} came with a broken zip. What does a new one cost?`, "I want to talk to a person, please."],
  whatsapp: ["Do you repair other brands?", "Any news about my zip?"],
  email: [`I paid by card for ${ORDER}. How long does a refund take?`, "Can I still change my delivery address?"],
  phone: ["Can I collect my order in the shop?", "I want to talk to a person."],
};

/** @param {Facts} facts @returns {Step[]} */
export function steps(facts) {
  const { channels, person, proved, sent } = facts;
  /** @type {Step[]} */
  const all = [
    {
      id: "ask",
      icon: "chat",
      channel: "chat",
      device: "laptop",
      app: "browser",
      title: "Ask in the chat",
      words: "Pick a question in the shop's chat. The assistant answers from the shop's own articles, and names them.",
      lines: ["How many days do I have to send something back?"],
      isDone: facts.isChatting,
    },
    {
      id: "number",
      icon: "key",
      channel: "sms",
      device: "laptop",
      app: "browser",
      title: "Leave your number",
      words:
        "Tell the chat your number. A code comes as a text to the phone: type it into the chat, and the number is yours.",
      lines: [`My number is ${person.phone}`],
      isDone: proved.includes("phone"),
    },
    {
      id: "sms",
      icon: "sms",
      channel: "sms",
      device: "phone",
      app: "sms",
      title: "Send a text",
      words: "Go on by text. On the right it joins the same conversation.",
      lines: LINES.sms,
      isDone: sent.sms > 0,
    },
    {
      id: "whatsapp",
      icon: "whatsapp",
      channel: "whatsapp",
      device: "phone",
      app: "whatsapp",
      title: "Write a WhatsApp",
      words: "Another app, the same number: still the same conversation.",
      lines: LINES.whatsapp,
      isDone: sent.whatsapp > 0,
    },
    {
      id: "address",
      icon: "key",
      channel: "email",
      device: "laptop",
      app: "browser",
      title: "Leave your mail address",
      words: "Tell the chat your address, and type the code that comes to Mail.",
      lines: [`My mail is ${person.email}`],
      isDone: proved.includes("email"),
    },
    {
      id: "email",
      icon: "email",
      channel: "email",
      device: "laptop",
      app: "mail",
      title: "Write a mail",
      words: "From now on your mails belong to this conversation, too.",
      lines: LINES.email,
      isDone: sent.email > 0,
    },
    {
      id: "phone",
      icon: "phone",
      channel: "phone",
      device: "phone",
      app: "call",
      title: "Call the shop",
      words: "Dial, ask something, then say “I want to talk to a person”.",
      lines: LINES.phone,
      isDone: sent.phone > 0,
    },
    {
      id: "answer",
      icon: "reply",
      channel: "",
      device: "inbox",
      app: "",
      title: `Now be ${facts.agentName.split(" ")[0]}, and answer`,
      words: "In the inbox, choose a channel and write back. It arrives on the phone, in the mailbox or in the chat.",
      lines: [],
      isDone: facts.hasAgentWritten,
    },
  ];
  return all.filter((step) => !step.channel || step.channel === "chat" || step.channel in channels);
}

/** @param {Step[]} all  @returns {Step | null} the first one still to do */
export function next(all) {
  return all.find((step) => !step.isDone) ?? null;
}

/** The six digits of a code in a text or mail, to be offered for copying. @param {string} text */
export function codeIn(text) {
  return text.match(/\b\d{6}\b/)?.[0] ?? "";
}
