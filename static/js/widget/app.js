/** Starts the conversation in the frame: settings from the page, session, window, line to the host. */
import { palette } from "./color.js";
import { Host } from "./host.js";
import { Outbox } from "./outbox.js";
import { Session } from "./session.js";
import { Memory } from "./storage.js";
import { loadTexts, locale, text } from "./texts.js";
import { Chat } from "./elements/chat.js";

const settings = JSON.parse(document.getElementById("widget-settings")?.textContent ?? "{}");
const wishes = new URLSearchParams(location.search);
const root = document.documentElement;

applyLooks();
await loadTexts([wishes.get("locale"), settings.locale, root.lang, ...navigator.languages]);
root.lang = locale();
start();

function applyLooks() {
  const colors = palette(wishes.get("color") ?? settings.color ?? "");
  for (const [name, value] of Object.entries(colors)) root.style.setProperty(`--${name}`, value);
  const theme = wishes.get("theme");
  if (theme === "light" || theme === "dark") root.style.colorScheme = theme;
}

function start() {
  const memory = new Memory(settings.key);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = `${scheme}//${location.host}/ws/widget/${encodeURIComponent(settings.key)}/`;
  const session = new Session({ url, memory, outbox: new Outbox(memory) });
  const chat = new Chat();
  const host = new Host(settings.key, {
    onOpen: (isFocusWanted) => {
      session.hurry();
      if (isFocusWanted) chat.focusComposer();
      chat.look();
    },
    onFocus: () => chat.look(),
    onLogout: () => session.forget(),
  });
  // Named, since the page around it has a main part of its own.
  Object.assign(chat, { session, settings, host, role: "main", ariaLabel: settings.brand || text("chat") });
  document.body.replaceChildren(chat);
  listen(session, chat, host);
  session.start();
  host.tell("ready");
}

/**
 * @param {Session} session
 * @param {Chat} chat
 * @param {Host} host
 */
function listen(session, chat, host) {
  addEventListener("online", () => session.hurry());
  addEventListener("focus", () => chat.look());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") session.hurry();
    chat.look();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) host.tell("close");
  });
  let isActive = false;
  session.addEventListener("change", () => {
    if (isActive || !session.messages.length) return;
    isActive = true; // from now on the loader opens the line on each page, for the badge
    host.tell("active");
  });
}
