/**
 * One visitor's conversation: joins the link, the reducer and the outbox, and tells the elements
 * ("change") when there is something new to show. Nothing here touches the page.
 */
import { EMPTY, apply, fromSnapshot, rowsOf } from "./store.js";
import { Link } from "./socket.js";
import { firstUnread, inOrder } from "./timeline.js";

const TYPING_EVERY_MS = 3_000;
const TYPING_SHOWN_MS = 6_000;
const ACCEPT_WITHIN_MS = 20_000;
const ANSWER_WITHIN_MS = 10_000;
/** What passes by itself: the server was busy or lost its database for a moment. */
const PASSING = ["try_again", "too_fast"];
const AGAIN_AFTER_MS = 2_000;
const TEXT_MAX = 4_000;

export class Session extends EventTarget {
  /** @param {import("./types.js").SessionOptions} options */
  constructor({ url, memory, outbox, Socket }) {
    super();
    this.memory = memory;
    this.outbox = outbox;
    this.state = EMPTY;
    /** @type {import("./types.js").LinkState} */
    this.linkState = "connecting";
    this.isReady = false;
    this.hasSnapshot = false;
    /** @type {{kind: string, name: string} | null} who is writing to the visitor just now */
    this.typist = null;
    /** @type {import("./types.js").Problem | null} */
    this.problem = null;
    /** @type {import("./types.js").Question | null} what the visitor waits to hear about */
    this.asked = null;
    /** @type {string | null} the address left on this page; only the server keeps it */
    this.claimed = null;
    /** @type {string | null} */
    this.lastTypingAt = 0;
    /** @type {Map<string, ReturnType<typeof setTimeout>>} */
    this.acceptTimers = new Map();
    this.link = new Link({
      url,
      Socket,
      onOpen: () => this.#greet(),
      onFrame: (frame) => this.#received(frame),
      onState: (state) => this.#linked(state),
    });
    memory.watch((name) => this.#otherTabChanged(name));
  }

  start() {
    this.link.open();
  }

  get messages() {
    return inOrder(rowsOf(this.state, "message"));
  }

  /** How often the visitor has spoken; a thank-you is shown until the next time. */
  get saidCount() {
    return this.outbox.items.length + this.messages.filter((message) => message.direction === "inbound").length;
  }

  get conversation() {
    return rowsOf(this.state, "conversation").sort((a, b) => b.version - a.version)[0] ?? null;
  }

  /** The newest request for a code, whatever became of it. */
  get challenge() {
    return rowsOf(this.state, "challenge").sort((a, b) => Number(b.id) - Number(a.id))[0] ?? null;
  }

  get unread() {
    const messages = this.messages;
    const first = firstUnread(messages, this.memory.read("seen", null));
    return first < 0 ? [] : messages.slice(first).filter((message) => message.direction === "outbound");
  }

  /** @param {string} text */
  say(text) {
    const trimmed = text.trim().slice(0, TEXT_MAX);
    if (!trimmed) return;
    const item = this.outbox.add(trimmed);
    this.#post(item);
    this.#changed();
  }

  /** @param {string} clientId */
  retry(clientId) {
    this.outbox.mark(clientId, "waiting");
    const item = this.outbox.items.find((each) => each.client_id === clientId);
    if (item) this.#post(item);
    this.#changed();
  }

  /** @param {string} clientId */
  discard(clientId) {
    this.outbox.discard(clientId);
    this.#changed();
  }

  /** Tells the other side that the visitor is writing, at most every three seconds. */
  type() {
    if (!this.isReady || Date.now() - this.lastTypingAt < TYPING_EVERY_MS) return;
    this.lastTypingAt = Date.now();
    this.link.send({ type: "typing" });
  }

  /** @param {string} code */
  verify(code) {
    this.#ask("code", { type: "verify", code });
  }

  /** @param {string} address */
  claim(address) {
    this.claimed = address;
    this.claimedAtCount = this.saidCount;
    this.#ask("claim", { type: "claim", address });
  }

  /** Remembers what the visitor has had before the eyes, and says so to the agents. */
  markSeen() {
    const unread = this.unread;
    const last = unread.at(-1);
    if (!last) return;
    this.memory.write("seen", last.id);
    this.link.send({ type: "seen", message: last.id });
    this.#changed();
  }

  /** Forgets the visitor on this browser. */
  forget() {
    for (const name of ["token", "outbox", "draft", "seen", "contact"]) this.memory.forget(name);
    this.claimed = null;
    this.#startOver();
  }

  hurry() {
    this.link.hurry();
  }

  /** @param {string} name */
  #otherTabChanged(name) {
    // A renewed token is the same visitor; only a forgotten one means somebody logged out.
    if (name === "token" && this.token && !this.memory.read("token", null)) this.#startOver();
    else this.#changed(name);
  }

  #startOver() {
    this.state = EMPTY;
    this.hasSnapshot = false;
    this.token = undefined;
    this.link.restart();
    this.#changed("draft");
  }

  #greet() {
    if (this.memory.read("token", null)) return this.#hello();
    // Two tabs opened together must become one visitor: the second waits for the first one's token.
    inTurn(this.memory.prefix, () => {
      const answered = new Promise((resolve) => {
        this.greeted = () => resolve(null);
      });
      this.#hello();
      return this.token ? undefined : answered;
    });
  }

  #hello() {
    this.token = this.memory.read("token", null) ?? undefined;
    const after = this.hasSnapshot ? this.state.seq : undefined;
    this.link.send({ type: "hello", token: this.token, after });
  }

  /** @param {import("./types.js").LinkState} state */
  #linked(state) {
    this.linkState = state;
    if (state !== "open") this.#paused();
    this.#changed();
  }

  #paused() {
    this.isReady = false;
    this.typist = null;
    this.greeted?.();
    for (const timer of this.acceptTimers.values()) clearTimeout(timer);
    this.acceptTimers.clear();
    // A code or address lost on the way is asked for again: neither is kept.
    if (this.asked) this.#answered({ about: this.asked, text: null });
    for (const item of this.outbox.unsent) if (item.state === "sending") this.outbox.mark(item.client_id, "waiting");
  }

  /** @param {any} frame */
  #received(frame) {
    const handlers = {
      ready: () => this.#ready(frame),
      accepted: () => this.#accepted(frame.client_id),
      event: () => this.#happened(frame),
      typing: () => this.#showTyping(frame.author),
      reset: () => this.#reset(),
      error: () => this.#refused(frame),
    };
    const handler = Object.hasOwn(handlers, frame.type) ? handlers[/** @type {"ready"} */ (frame.type)] : null;
    if (!handler) return;
    handler();
    this.#changed();
  }

  /** @param {any} frame */
  #ready(frame) {
    if (typeof frame.token === "string") {
      this.token = frame.token;
      this.memory.write("token", frame.token);
    }
    this.state = this.hasSnapshot ? apply(this.state, frame) : fromSnapshot(frame);
    this.hasSnapshot = true;
    this.isReady = true;
    this.greeted?.();
    this.#settle();
    for (const item of this.outbox.unsent) this.#post(item);
  }

  #reset() {
    this.hasSnapshot = false;
    this.isReady = false;
    this.#greet();
  }

  /** @param {any} frame */
  #happened(frame) {
    this.state = apply(this.state, frame);
    this.#settle();
    const objects = frame.objects ?? [];
    if (objects.some((/** @type {any} */ row) => row.direction === "outbound")) this.typist = null;
    const challenges = objects.filter((/** @type {any} */ row) => row.kind === "challenge");
    // A code still pending after a try says nothing yet: the refusal comes as an error frame.
    if (challenges.some((/** @type {any} */ row) => row.state !== "pending" || this.asked === "claim"))
      this.#answered(null);
    // A proved address may show what was said there: the whole is asked for again.
    if (challenges.some((/** @type {any} */ row) => row.state === "proved")) this.#reset();
  }

  #settle() {
    this.outbox.settle(rowsOf(this.state, "message"));
  }

  /** @param {string} clientId */
  #accepted(clientId) {
    clearTimeout(this.acceptTimers.get(clientId));
    this.acceptTimers.delete(clientId);
    this.outbox.mark(clientId, "sent");
    this.#settle();
  }

  /** @param {any} frame */
  #refused(frame) {
    const text = String(frame.text ?? "");
    if (PASSING.includes(frame.code) && this.acceptTimers.has(frame.client_id)) {
      setTimeout(() => this.#sendAgain(frame.client_id), AGAIN_AFTER_MS);
    } else if (frame.client_id) {
      this.#failed(frame.client_id, text);
    } else if (this.asked) {
      const isPlain = frame.code === "wrong_code" || frame.code === "no_address";
      this.#answered({ about: this.asked, text: isPlain ? "" : text });
    }
  }

  /** Once more within the time a message has to be accepted. @param {string} clientId */
  #sendAgain(clientId) {
    const item = this.outbox.unsent.find((one) => one.client_id === clientId);
    if (!item || !this.isReady || !this.acceptTimers.has(clientId)) return;
    this.link.send({ type: "message", client_id: clientId, text: item.text });
  }

  /**
   * @param {string} clientId
   * @param {string} [reason]
   */
  #failed(clientId, reason) {
    clearTimeout(this.acceptTimers.get(clientId));
    this.acceptTimers.delete(clientId);
    this.outbox.mark(clientId, "failed", reason);
  }

  /** @param {{kind: string, name: string}} author */
  #showTyping(author) {
    this.typist = author ?? null;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => {
      this.typist = null;
      this.#changed();
    }, TYPING_SHOWN_MS);
  }

  /** @param {import("./types.js").Outgoing} item */
  #post(item) {
    if (!this.isReady || !this.link.send({ type: "message", client_id: item.client_id, text: item.text })) return;
    this.outbox.mark(item.client_id, "sending");
    clearTimeout(this.acceptTimers.get(item.client_id));
    const timer = setTimeout(() => {
      this.#failed(item.client_id);
      this.#changed();
    }, ACCEPT_WITHIN_MS);
    this.acceptTimers.set(item.client_id, timer);
  }

  /**
   * @param {import("./types.js").Question} about
   * @param {object} frame
   */
  #ask(about, frame) {
    this.#answered(null);
    if (this.isReady && this.link.send(frame)) {
      this.asked = about;
      // Only a code has an answer for certain; an address that nobody refused was taken.
      this.askTimer = setTimeout(() => {
        this.#answered(about === "code" ? { about, text: null } : null);
        this.#changed();
      }, ANSWER_WITHIN_MS);
    } else {
      this.problem = { about, text: null };
    }
    this.#changed();
  }

  /** @param {import("./types.js").Problem | null} problem */
  #answered(problem) {
    clearTimeout(this.askTimer);
    this.asked = null;
    this.problem = problem;
  }

  /** @param {string} [what] */
  #changed(what) {
    this.dispatchEvent(new CustomEvent("change", { detail: what }));
  }
}

/**
 * Runs one at a time over all tabs, where the browser has locks and grants them to frames.
 * @param {string} name
 * @param {() => Promise<unknown> | undefined} work
 */
async function inTurn(name, work) {
  try {
    await navigator.locks.request(name, work);
  } catch {
    work();
  }
}
