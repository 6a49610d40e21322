/**
 * Every command of the inbox, once: shortcuts, the palette and the help sheet all read this registry.
 * A command with `choices` asks one more thing; the palette shows them as its next step.
 */
import { t } from "#language.js";
import { VIEW_NAMES } from "#inbox/views.js";
import { viewName } from "#inbox/words.js";

/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */

/**
 * @typedef {object} Choice
 * @property {string} id
 * @property {string} title
 * @property {string} [hint]
 * @property {string} [icon]
 * @property {() => void} run
 */

/**
 * @typedef {object} Command
 * @property {string} id
 * @property {string} title
 * @property {string} group
 * @property {string} icon
 * @property {string[]} keys  all that work; the first is the one shown
 * @property {(inbox: Inbox) => boolean} [isValid]
 * @property {(inbox: Inbox) => void} [run]
 * @property {(inbox: Inbox) => Choice[]} [choices]
 * @property {(target: any) => boolean} [inFields]  whether its keys with mod act in this field
 * @property {boolean} [isHidden]  works by key and stands in the help, not in the palette
 */

const VIEW_KEYS = { mine: "g m", unassigned: "g u", all: "g a", ai: "g i", resolved: "g r" };
const VIEW_ICONS = { mine: "mine", unassigned: "unassigned", all: "all", ai: "assistant", resolved: "resolved" };

/** @param {Inbox} inbox */
const hasConversation = (inbox) => inbox.conversation !== null;
/** @param {Inbox} inbox */
const isUnresolved = (inbox) => hasConversation(inbox) && inbox.conversation?.state !== "resolved";

/** @param {Inbox} inbox */
const isAdmin = (inbox) => inbox.state.me.role === "admin";

/** @returns {Command[]} */
export function commands() {
  return [...conversationCommands(), ...listCommands(), ...viewCommands(), ...appCommands()];
}

/** @returns {Command[]} */
function conversationCommands() {
  const group = t("Conversation");
  return [
    command("reply", t("Reply"), group, "reply", ["r"], compose("reply"), hasConversation),
    command("note", t("Write a private note"), group, "note", ["c"], compose("note"), hasConversation),
    command("assignToMe", t("Assign to me"), group, "mine", ["i"], assignToMe, hasConversation),
    {
      ...command("assign", t("Assign to…"), group, "assign", ["a"], undefined, hasConversation),
      choices: assignees,
    },
    command("resolve", t("Resolve, go to the next"), group, "resolved", ["e"], resolveAndNext, isUnresolved),
    command("resolveStay", t("Resolve, stay here"), group, "resolved", ["shift+e"], resolve, isUnresolved),
    command("reopen", t("Reopen"), group, "reopen", [], reopen, (inbox) => inbox.conversation?.state === "resolved"),
    { ...command("snooze", t("Snooze…"), group, "snooze", ["h"], undefined, isUnresolved), choices: snoozes },
    command("spam", t("Mark as spam"), group, "spam", [], markSpam, isUnresolved),
    command(
      "undo",
      t("Undo"),
      group,
      "undo",
      ["z"],
      (inbox) => (inbox.screen.notice?.undo ? inbox.undo() : undoSend(inbox)),
      (inbox) => !!inbox.screen.notice?.undo || canUndoSend(inbox),
    ),
    {
      ...command("undoSend", t("Take back what was just sent"), group, "undo", ["mod+z"], undoSend, canUndoSend),
      // A field in which something is written has an undo of its own.
      inFields: (target) => !target.value,
    },
    command("sendLater", t("Send later…"), group, "calendar", [], sendLater, hasConversation),
    command("sidebar", t("Show or hide the customer"), group, "panel", ["\\"], toggleSidebar, hasConversation),
  ];
}

/** @returns {Command[]} */
function listCommands() {
  const group = t("List");
  return [
    { ...command("next", t("Next conversation"), group, "down", ["j"], (inbox) => inbox.step(1)), isHidden: true },
    {
      ...command("previous", t("Previous conversation"), group, "down", ["k"], (inbox) => inbox.step(-1)),
      isHidden: true,
    },
    {
      ...command("open", t("Go into the thread"), group, "enter", ["o"], enterThread, hasConversation),
      isHidden: true,
    },
    { ...command("back", t("Back, one level at a time"), group, "back", ["Escape"], back), isHidden: true },
  ];
}

/** @returns {Command[]} */
function viewCommands() {
  return VIEW_NAMES.map((view) =>
    command(
      `view.${view}`,
      t("Go to {view}", { view: viewName(view) }),
      t("Views"),
      VIEW_ICONS[view],
      [VIEW_KEYS[view]],
      (inbox) => inbox.goToView(view),
    ),
  );
}

/** @returns {Command[]} */
function appCommands() {
  const group = t("Onethread");
  return [
    command("begin", t("New conversation"), group, "plus", ["shift+n"], begin, canBegin),
    { ...command("palette", t("Commands and search"), group, "palette", ["mod+k", "/"], openPalette), isHidden: true },
    command("help", t("Keyboard shortcuts"), group, "keyboard", ["?"], (inbox) =>
      inbox.show({ overlay: { name: "help" } }),
    ),
    { ...command("theme", t("Light or dark…"), group, "theme", []), choices: themes },
    command("settings", t("Settings"), group, "settings", [], goTo("/settings/"), isAdmin),
    command("knowledge", t("Knowledge"), group, "article", [], goTo("/settings/knowledge/")),
    command("ownSettings", t("Your settings, such as undo send"), group, "customer", [], goTo("/accounts/own/")),
    command("singleKeys", t("Turn single-key shortcuts on or off"), group, "keyboard", [], toggleSingleKeys),
  ];
}

/**
 * @param {string} id
 * @param {string} title
 * @param {string} group
 * @param {string} icon
 * @param {string[]} keys
 * @param {(inbox: Inbox) => void} [run]
 * @param {(inbox: Inbox) => boolean} [isValid]
 * @returns {Command}
 */
function command(id, title, group, icon, keys, run, isValid) {
  return { id, title, group, icon, keys, run, isValid };
}

/** Run it, or open the palette at its question. @param {Command} item @param {Inbox} inbox */
export function perform(item, inbox) {
  if (item.choices) inbox.show({ overlay: { name: "palette", step: item.id } });
  else item.run?.(inbox);
}

/** @param {Inbox} inbox */
const canBegin = (inbox) => inbox.state.channels.some((channel) => channel.can_begin);

/** @param {Inbox} inbox */
const begin = (inbox) => inbox.show({ overlay: { name: "beginning" } });

/** @param {Inbox} inbox */
export function validCommands(inbox) {
  return commands().filter((item) => !item.isValid || item.isValid(inbox));
}

/** @param {"reply" | "note"} mode @returns {(inbox: Inbox) => void} */
function compose(mode) {
  return (inbox) => inbox.show({ page: "thread", compose: { mode, focus: inbox.screen.compose.focus + 1 } });
}

/** @param {Inbox} inbox */
function assignToMe(inbox) {
  const { me } = inbox.state;
  if (inbox.conversation) inbox.work.assign(inbox.conversation, { agent: { id: me.id, name: me.name } });
}

/** @param {Inbox} inbox @returns {Choice[]} */
function assignees(inbox) {
  const row = inbox.conversation;
  if (!row) return [];
  const { agents, teams, me } = inbox.state;
  const people = [...agents].sort((a, b) => Number(b.id === me.id) - Number(a.id === me.id));
  return [
    ...people.map((agent) => ({
      id: `agent:${agent.id}`,
      title: agent.id === me.id ? t("{name} (you)", { name: agent.name }) : agent.name,
      hint: row.assignee?.id === agent.id ? t("Has it now") : "",
      icon: "customer",
      run: () => inbox.work.assign(row, { agent }),
    })),
    ...teams.map((team) => ({
      id: `team:${team.id}`,
      title: team.name,
      hint: row.team?.id === team.id ? t("Has it now") : t("Team"),
      icon: "team",
      run: () => inbox.work.assign(row, { agent: null, team }),
    })),
    {
      id: "nobody",
      title: t("Nobody: back in the queue"),
      icon: "unassigned",
      run: () => inbox.work.assign(row, { agent: null }),
    },
  ];
}

/** @param {Inbox} inbox @returns {Choice[]} */
function snoozes(inbox) {
  const row = inbox.conversation;
  if (!row) return [];
  const offers = /** @type {const} */ ([
    ["hour", t("For an hour"), hoursFromNow(1)],
    ["later", t("For three hours"), hoursFromNow(3)],
    ["tomorrow", t("Until tomorrow at 9"), nineOClock(1)],
    ["monday", t("Until Monday at 9"), nineOClock((8 - new Date().getDay()) % 7 || 7)],
  ]);
  return offers.map(([id, title, until]) => ({ id, title, icon: "snooze", run: () => snooze(inbox, until) }));
}

/** @param {Inbox} inbox @param {Date} until */
function snooze(inbox, until) {
  const row = inbox.conversation;
  if (!row) return;
  inbox.leave();
  inbox.work.snooze(row, until);
}

/** @param {number} hours */
function hoursFromNow(hours) {
  return new Date(Date.now() + hours * 3_600_000);
}

/** @param {number} days */
function nineOClock(days) {
  const day = new Date();
  day.setDate(day.getDate() + days);
  day.setHours(9, 0, 0, 0);
  return day;
}

/** @param {Inbox} inbox */
function resolveAndNext(inbox) {
  const row = inbox.conversation;
  if (!row) return;
  inbox.leave();
  inbox.work.resolve(row);
}

/** @param {Inbox} inbox */
function resolve(inbox) {
  if (inbox.conversation) inbox.work.resolve(inbox.conversation);
}

/** @param {Inbox} inbox */
function reopen(inbox) {
  if (inbox.conversation) inbox.work.reopen(inbox.conversation);
}

/** @param {Inbox} inbox */
function markSpam(inbox) {
  const row = inbox.conversation;
  if (!row) return;
  inbox.leave();
  inbox.work.markSpam(row);
}

/** @param {Inbox} inbox */
function toggleSidebar(inbox) {
  const { isSidebarOpen, page } = inbox.screen;
  inbox.show({ isSidebarOpen: !isSidebarOpen, page: page === "sidebar" ? "thread" : page });
}

/** @param {Inbox} inbox */
const canUndoSend = (inbox) => Boolean(inbox.sending?.newest);

/** @param {Inbox} inbox */
function undoSend(inbox) {
  void inbox.sending.takeBack(inbox.sending.newest);
}

/** @param {Inbox} inbox */
function sendLater(inbox) {
  inbox.show({ page: "thread", compose: { ...inbox.screen.compose, mode: "reply" } });
  inbox.dispatchEvent(new Event("send-later"));
}

/** @param {Inbox} inbox */
function enterThread(inbox) {
  inbox.show({ page: "thread" });
  inbox.dispatchEvent(new Event("enter-thread"));
}

/** @param {Inbox} inbox */
function back(inbox) {
  inbox.dispatchEvent(new Event("back"));
}

/** @param {string} path @returns {() => void} */
function goTo(path) {
  return () => location.assign(path);
}

/** @param {Inbox} inbox */
function openPalette(inbox) {
  inbox.show({ overlay: { name: "palette" } });
}

/** @param {Inbox} inbox @returns {Choice[]} */
function themes(inbox) {
  const choose = (/** @type {string} */ theme) => () => inbox.prefer({ theme });
  return [
    { id: "system", title: t("Like this device"), icon: "theme", run: choose("system") },
    { id: "light", title: t("Light"), icon: "sun", run: choose("light") },
    { id: "dark", title: t("Dark"), icon: "moon", run: choose("dark") },
  ];
}

/** @param {Inbox} inbox */
function toggleSingleKeys(inbox) {
  const single_keys = !inbox.state.me.single_keys;
  inbox.prefer({ single_keys });
  inbox.say(
    single_keys ? t("Single-key shortcuts are on.") : t("Single-key shortcuts are off; those with Ctrl remain."),
  );
}
