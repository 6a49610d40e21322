/** The visit: who she is, what she sent and received, what lies open before her. Elements render on "change". */
import { request } from "#inbox/api.js";
import { draft, forgetVisitor, visitorToken } from "#demo/chat-window.js";
import { recall, remember } from "#demo/memory.js";
import { next, steps } from "#demo/steps.js";

/**
 * @typedef {{name: string, phone: string, email: string, key: string, token: string}} Person
 * @typedef {{id: string, isHers: boolean, body: string, at: string, state?: string, fileCount?: number}} Line
 * @typedef {{id: string, isHers: boolean, from: string, subject: string, text: string, at: string}} Mail
 * @typedef {{channels: Record<string, string>, chat_key: string, agent_name: string, presets: {key: string, name: string}[],
 *   controls: {trickle?: string, remove?: string, is_trickling?: boolean}}} Settings
 */

const EVERY_MS = 1_500;
const BANNER_MS = 12_000;
const KEPT = 200;

export class Tour extends EventTarget {
  /** @param {Settings} settings */
  constructor(settings) {
    super();
    this.settings = settings;
    /** @type {Person | null} */
    this.person = null;
    this.visit = fresh();
    /** @type {any} */
    this.found = { conversation: null, customer_count: 0, is_chatting: false, proved: [] };
    /** What is open: an app on the phone ("" is its home screen), one on the laptop, a tab on narrow windows. */
    this.screen = { phone: "", laptop: "browser", tab: "laptop", mail: "", isWriting: false };
    /** @type {{app: string, title: string, text: string, id: string} | null} what the phone announces */
    this.banner = null;
    this.problem = "";
    /** @type {Record<string, string>} a suggested line, on its way into a field, by app */
    this.suggested = {};
  }

  async start() {
    const kept = recall();
    if (kept?.person && kept.visit) {
      this.person = kept.person;
      this.visit = { ...fresh(), ...kept.visit };
    } else await this.become("");
    this.#look();
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#look());
  }

  /** Somebody of the demo, or somebody new; her devices are empty. @param {string} preset */
  async become(preset) {
    const person = await this.#ask("person", { preset });
    if (!person) return;
    forgetVisitor(this.settings.chat_key);
    this.person = person;
    this.visit = fresh();
    this.banner = null;
    this.found = { conversation: null, customer_count: 0, is_chatting: false, proved: [] };
    this.show({ phone: "", laptop: "browser", mail: "", isWriting: false });
    this.dispatchEvent(new Event("person"));
    this.#keep();
  }

  get steps() {
    const { person, settings, visit, found } = this;
    if (!person) return [];
    return steps({
      channels: settings.channels,
      person,
      isChatting: found.is_chatting,
      proved: found.proved,
      agentName: settings.agent_name,
      sent: visit.sent,
      hasAgentWritten: (found.conversation?.agent_wrote_at ?? "") > visit.begunAt,
    });
  }

  get step() {
    return next(this.steps);
  }

  /** @param {string} app */
  unread(app) {
    const lines = app === "email" ? this.visit.mails : (this.visit.lines[app] ?? []);
    return lines.filter((/** @type {any} */ one) => !one.isHers && !this.visit.seen.includes(one.id)).length;
  }

  /** @param {Partial<Tour["screen"]>} change */
  show(change) {
    Object.assign(this.screen, change);
    this.#markSeen();
    this.changed();
  }

  /** Puts a suggested line where it can be sent. @param {import("#demo/steps.js").Step} step @param {string} words */
  suggest(step, words) {
    if (step.app === "browser") draft(this.settings.chat_key, words);
    this.suggested = { ...this.suggested, [step.app]: words };
    this.show({
      tab: step.device,
      [step.device]: step.app,
      ...(step.app === "mail" ? { isWriting: true, mail: "" } : {}),
    });
    this.dispatchEvent(new CustomEvent("suggest", { detail: step.app }));
  }

  /** @param {string} app  "sms" or "whatsapp" @param {string} body */
  async send(app, body) {
    /** @type {Line} */
    const line = {
      id: crypto.randomUUID?.() ?? String(Math.random()),
      isHers: true,
      body,
      at: now(),
      state: "sending",
    };
    this.visit.lines[app].push(line);
    this.changed();
    line.state = (await this.#ask("text", { app, body })) ? "sent" : "failed";
    if (line.state === "sent") this.#sent(app);
    else this.#keep();
  }

  /** @param {{subject: string, text: string, answering?: string}} mail @returns {Promise<boolean>} */
  async sendMail(mail) {
    const sent = await this.#ask("mail", mail);
    if (!sent || !this.person) return false;
    const { name } = this.person;
    this.visit.mails.push({ id: sent.id, isHers: true, from: name, subject: mail.subject, text: mail.text, at: now() });
    this.#sent("email");
    return true;
  }

  /** A call counts once something was said. */
  called() {
    this.#sent("phone");
  }

  /** @param {string} path @param {object} content @returns {Promise<any>} null, and the reason shown, where it failed */
  async #ask(path, content) {
    try {
      const answer = await request(`/demo/pocket/${path}/`, { token: this.person?.token ?? "", ...content });
      this.#say("");
      return answer;
    } catch (error) {
      if (isGone(error)) location.reload();
      this.#say(error instanceof Error ? error.message : "That didn't work.");
      return null;
    }
  }

  /** Calls of the telephone go the same way. @param {string} path @param {object} content */
  call(path, content) {
    return this.#ask(`call/${path}`, content);
  }

  /** Asks what came. One at a time, and none while nobody looks. */
  async #look() {
    clearTimeout(this.timer);
    if (document.visibilityState !== "visible" || !this.person || this.isLooking) return;
    this.isLooking = true;
    const { person } = this;
    try {
      const visitor = visitorToken(this.settings.chat_key);
      const found = await request("/demo/pocket/look/", { token: person.token, visitor });
      if (person === this.person) this.#came(found);
    } catch (error) {
      if (isGone(error)) return location.reload();
      // A token of another installation: nobody here knows her.
      if (/** @type {any} */ (error).status === 403) await this.become("");
    }
    this.isLooking = false;
    this.timer = setTimeout(() => this.#look(), EVERY_MS);
  }

  /** @param {any} found */
  #came(found) {
    const { visit } = this;
    const before = JSON.stringify([this.found, visit.mails.length, visit.lines]);
    const had = this.found.conversation?.id;
    for (const text of found.texts) this.#textCame(text);
    const known = new Set(visit.mails.map((mail) => mail.id));
    for (const mail of found.mails) if (!known.has(mail.id)) visit.mails.push({ ...mail, isHers: false });
    this.found = found;
    this.#markSeen();
    if (found.conversation && found.conversation.id !== had) this.dispatchEvent(new Event("conversation"));
    if (before !== JSON.stringify([this.found, visit.mails.length, visit.lines])) this.#keep();
  }

  /** @param {{id: string, app: string, body: string, file_count: number, at: string}} text */
  #textCame(text) {
    const lines = this.visit.lines[text.app];
    if (lines.some((line) => line.id === text.id)) return;
    lines.push({ id: text.id, isHers: false, body: text.body, at: text.at, fileCount: text.file_count });
    if (this.screen.phone !== text.app) this.#announce(text);
  }

  /** @param {{id: string, app: string, body: string}} text */
  #announce(text) {
    const { id } = text;
    this.banner = { app: text.app, title: "Fernhill Supply", text: text.body, id };
    setTimeout(() => this.banner?.id === id && this.dismiss(), BANNER_MS);
  }

  dismiss() {
    this.banner = null;
    this.changed();
  }

  #markSeen() {
    const { phone, laptop } = this.screen;
    const open = [...(this.visit.lines[phone] ?? []), ...(laptop === "mail" ? this.visit.mails : [])];
    const isOpenMail = (/** @type {any} */ one) => !("subject" in one) || one.id === this.screen.mail;
    const news = open.filter((one) => !one.isHers && isOpenMail(one) && !this.visit.seen.includes(one.id));
    if (news.length) this.visit.seen.push(...news.map((one) => one.id));
    if (this.banner && this.banner.app === phone) this.banner = null;
  }

  /** @param {string} app */
  #sent(app) {
    this.visit.sent[app] += 1;
    this.#keep();
  }

  /** @param {string} words */
  #say(words) {
    if (this.problem === words) return;
    this.problem = words;
    this.changed();
  }

  #keep() {
    const { visit } = this;
    for (const app of Object.keys(visit.lines)) visit.lines[app] = visit.lines[app].slice(-KEPT);
    visit.mails = visit.mails.slice(-KEPT);
    visit.seen = visit.seen.slice(-3 * KEPT);
    remember({ person: this.person, visit });
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function fresh() {
  return {
    begunAt: now(),
    /** @type {Record<string, Line[]>} */
    lines: { sms: [], whatsapp: [] },
    /** @type {Mail[]} */
    mails: [],
    /** @type {string[]} */
    seen: [],
    /** @type {Record<string, number>} */
    sent: { sms: 0, whatsapp: 0, email: 0, phone: 0 },
  };
}

/** The demo was removed: the page itself says so. @param {any} error */
function isGone(error) {
  return error?.status === 410;
}

function now() {
  return new Date().toISOString();
}
