/** Who else is in a conversation. */
import { listed, plural } from "#language.js";

/** Typing is forgotten after this. */
export const TYPING_MS = 6_000;

/**
 * In words; null when nobody is.
 * @param {import("#inbox/inbox.js").Inbox} inbox
 * @param {number} id
 * @param {number} now
 * @returns {{isWriting: boolean, text: string} | null}
 */
export function company(inbox, id, now) {
  const { presence, typing, me } = inbox.state;
  const others = (presence.get(id) ?? []).filter((agent) => agent.id !== me.id);
  const writer = typing.get(id);
  // The customer's typing shows in the thread itself.
  const isFresh = writer?.author.kind === "agent" && now - writer.at < TYPING_MS && writer.author.name !== me.name;
  const writing = others.filter((agent) => agent.state === "typing").map((agent) => agent.name);
  if (isFresh && !writing.includes(writer.author.name)) writing.push(writer.author.name);
  if (writing.length) return { isWriting: true, text: sentence(writing, IS_WRITING) };
  if (!others.length) return null;
  const names = others.map((agent) => agent.name);
  return { isWriting: false, text: sentence(names, IS_LOOKING) };
}

const IS_WRITING = { one: "{names} is writing", other: "{names} are writing" };
const IS_LOOKING = { one: "{names} is looking at this", other: "{names} are looking at this" };

/** @param {string[]} names @param {{one: string, other: string}} forms */
function sentence(names, forms) {
  return plural(names.length, forms, { names: listed(names) });
}
