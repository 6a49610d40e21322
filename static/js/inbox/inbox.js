/** The inbox as one object: the state, what the screen is showing of it, and the ways to the server. */
import { t } from "#language.js";
import { copyFile, post, savePreferences, snapshot as fetchSnapshot, unsent } from "#inbox/api.js";
import { addressOf, placeOf } from "#inbox/addresses.js";
import { Drafts } from "#inbox/drafts.js";
import { Earlier } from "#inbox/earlier.js";
import { Outbox } from "#inbox/outbox.js";
import { conversation, conversationsIn, leavingIn } from "#inbox/selectors.js";
import { Sending } from "#inbox/sending.js";
import { InboxSocket } from "#inbox/socket.js";
import { emptyState, reduce } from "#inbox/store.js";
import { Templates } from "#inbox/templates.js";
import { forget, upload } from "#inbox/upload-request.js";
import { Uploads } from "#inbox/uploads.js";
import { Work } from "#inbox/work.js";
import { TYPING_MS } from "#inbox/company.js";

/** @typedef {import("#inbox/rows.js").ViewName} ViewName */
/** @typedef {import("#inbox/store.js").State} State */

/**
 * What the screen shows of the state.
 * @typedef {object} Screen
 * @property {ViewName} view
 * @property {number | null} selected
 * @property {"list" | "thread" | "sidebar"} page  which one a narrow screen shows
 * @property {import("#inbox/socket.js").Connection} connection
 * @property {{words: string, undo: (() => void) | null, isBad: boolean, at: number} | null} notice
 * @property {{name: "palette" | "help" | "beginning", step?: string} | null} overlay
 * @property {{mode: "reply" | "note", focus: number, text?: string, recipients?: import("#inbox/recipients.js").Recipients | null, target?: string,
 *   template?: {id?: number, variables?: Record<string, string>}, replaces?: number | null, isGivenBack?: boolean, sendAt?: string | null,
 *   files?: import("#inbox/uploads.js").Sent[], copies?: import("#inbox/uploads.js").Sent[]}} compose  files: back from a message that was not sent; copies: of one that was
 * @property {boolean} isSidebarOpen
 * @property {boolean} isLoading
 * @property {Set<number>} drafts
 */

export const UNDO_MS = 8_000;
const COUNTS_DELAY_MS = 1_500;

export class Inbox extends EventTarget {
  /**
   * @param {import("#inbox/rows.js").Snapshot} first
   * @param {{outbox: any, drafts: any, exclusively: (run: () => Promise<void>) => Promise<void>}} parts
   */
  constructor(first, { outbox, drafts, exclusively }) {
    super();
    /** @type {State} */
    this.state = reduce(emptyState(), { type: "restart", snapshot: first });
    /** @type {Screen} */
    this.screen = {
      view: first.view,
      selected: first.conversation,
      page: first.conversation === null ? "list" : "thread",
      connection: "connecting",
      notice: null,
      overlay: null,
      compose: { mode: "reply", focus: 0 },
      isSidebarOpen: true,
      isLoading: false,
      drafts: new Set(),
    };
    this.work = new Work(this);
    this.sending = new Sending(this);
    this.earlier = new Earlier(this);
    this.drafts = new Drafts(drafts);
    this.uploads = new Uploads({
      drafts: this.drafts,
      upload,
      forget,
      unsent,
      copy: copyFile,
      onChange: () => this.dispatchEvent(new Event("change")),
    });
    this.templates = new Templates(this);
    this.outbox = new Outbox({
      storage: outbox,
      exclusively,
      send: (entry) => post(entry.conversation, "messages", entry.body),
      dispatch: (action) => this.dispatch(action),
      onConflict: (entry) => this.dispatchEvent(new CustomEvent("conflict", { detail: entry })),
    });
    this.socket = new InboxSocket({
      url: () => `${location.origin.replace(/^http/, "ws")}/ws/inbox/?after=${this.state.seq}`,
      onFrame: (frame) => this.#hear(frame),
      onConnection: (connection) => this.#connected(connection),
    });
    /** @type {Set<string>} what is being fetched */
    this.fetching = new Set();
    /** The notice is being pointed at: it stays. */
    this.isNoticeHeld = false;
  }

  start() {
    this.socket.connect();
    this.socket.stand(this.#standing());
    this.outbox.restore();
    this.drafts.conversations().then((drafts) => this.show({ drafts }));
    addEventListener("popstate", () => this.#goTo(placeOf(location.pathname)));
    addEventListener("online", () => this.socket.wake());
    addEventListener("pagehide", () => void this.drafts.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.drafts.flush();
      else this.socket.wake();
    });
  }

  /** @param {any} action */
  dispatch(action) {
    const before = this.state;
    this.state = reduce(before, action);
    if (this.state === before) return;
    if (this.state.areCountsStale) this.#refreshCounts();
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Partial<Screen>} fields */
  show(fields) {
    this.screen = { ...this.screen, ...fields };
    this.dispatchEvent(new Event("change"));
  }

  get conversation() {
    return conversation(this.state, this.screen.selected);
  }

  /** Conversations in which something is in its undo seconds. */
  get leaving() {
    return leavingIn(this.state, 0);
  }

  get list() {
    return conversationsIn(this.state, this.screen.view);
  }

  /** @param {ViewName} view */
  goToView(view) {
    history.pushState(null, "", addressOf(view));
    this.#goTo({ view, conversation: null });
  }

  /**
   * @param {number | null} id
   * @param {{isStep?: boolean}} [options]  a step along the list doesn't fill the back button
   */
  open(id, { isStep = false } = {}) {
    const address = addressOf(this.screen.view, id);
    if (isStep) history.replaceState(null, "", address);
    else if (location.pathname !== address) history.pushState(null, "", address);
    this.#goTo({ view: this.screen.view, conversation: id });
  }

  /** The conversation `by` places further down the list; the first where none is open. @param {1 | -1} by */
  step(by) {
    const rows = this.list;
    const at = rows.findIndex((row) => row.id === this.screen.selected);
    const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (!next) return;
    this.open(next.id, { isStep: true });
    for (const ahead of [1, 2]) {
      const row = rows[rows.indexOf(next) + by * ahead];
      if (row) this.loadThread(row.id, { isAhead: true });
    }
  }

  /** Where to go when the open conversation leaves the list: the next one, or back to the list. */
  leave() {
    const rows = this.list;
    const at = rows.findIndex((row) => row.id === this.screen.selected);
    const next = rows[at + 1] ?? rows[at - 1];
    this.open(next && next.id !== this.screen.selected ? next.id : null, { isStep: true });
  }

  /** The next page of the view. */
  async loadMore() {
    const before = this.state.pages.get(this.screen.view);
    if (before) await this.#fetch({ view: this.screen.view, before });
  }

  /** @param {number} id @param {{isAhead?: boolean}} [options] */
  loadThread(id, { isAhead = false } = {}) {
    if (isAhead && this.state.threads.has(id)) return;
    return this.#fetch({ view: this.screen.view, conversation: id });
  }

  /**
   * A line at the foot of the screen. Without `undo` it only tells.
   * @param {string} words
   * @param {{isBad?: boolean, undo?: () => void}} [options]
   */
  say(words, { isBad = false, undo } = {}) {
    const notice = { words, isBad, undo: undo ?? null, at: Date.now() };
    this.show({ notice });
    setTimeout(() => this.screen.notice === notice && !this.isNoticeHeld && this.show({ notice: null }), UNDO_MS);
  }

  /** @param {string} words @param {() => void} undo */
  offerUndo(words, undo) {
    this.say(words, { undo });
  }

  undo() {
    const undo = this.screen.notice?.undo;
    this.show({ notice: null });
    undo?.();
  }

  /** @param {{theme?: string, single_keys?: boolean}} fields */
  async prefer(fields) {
    this.dispatch({ type: "preferences", fields });
    if (fields.theme !== undefined) document.documentElement.dataset.theme = fields.theme;
    try {
      await savePreferences(fields);
    } catch {
      this.say(t("Kept for this page only: the server could not save it."), { isBad: true });
    }
  }

  /** @param {{view: ViewName, conversation: number | null}} place */
  #goTo({ view, conversation: id }) {
    const isNewView = view !== this.screen.view;
    const isNewThread = id !== this.screen.selected;
    const selected = this.state.objects.conversation.get(id ?? 0);
    this.show({
      view,
      selected: id,
      page: id === null ? "list" : "thread",
      compose: isNewThread ? { mode: "reply", focus: 0 } : this.screen.compose,
      isLoading: id !== null && (!selected || !this.state.threads.has(id)),
    });
    if (isNewThread) this.socket.stand(this.#standing());
    if (isNewView) this.#fetch({ view });
    if (id !== null && isNewThread) this.loadThread(id);
  }

  #standing() {
    const { selected } = this.screen;
    return selected === null ? { type: "close" } : { type: "open", conversation: selected };
  }

  /** @param {{view: ViewName, conversation?: number, before?: string}} wanted */
  async #fetch(wanted) {
    const key = JSON.stringify(wanted);
    if (this.fetching.has(key)) return;
    this.fetching.add(key);
    try {
      const snapshot = await fetchSnapshot(wanted);
      // A thread fetched beside a view says nothing about how far that view was paged.
      if (wanted.conversation && this.state.pages.has(wanted.view)) snapshot.next = this.#cursor(wanted.view);
      this.dispatch({ type: "snapshot", snapshot });
    } catch (error) {
      const why = error instanceof Error ? error.message : "";
      if (this.screen.connection === "open") this.say(t("Could not load this. {why}", { why }), { isBad: true });
    } finally {
      this.fetching.delete(key);
      if (wanted.conversation === this.screen.selected) this.show({ isLoading: false });
    }
  }

  /** @param {ViewName} view */
  #cursor(view) {
    return this.state.pages.get(view) ?? null;
  }

  #refreshCounts() {
    if (this.countsTimer) return;
    this.countsTimer = setTimeout(async () => {
      this.countsTimer = undefined;
      const { view } = this.screen;
      const fresh = await fetchSnapshot({ view }).catch(() => null);
      if (fresh)
        this.dispatch({ type: "snapshot", snapshot: { ...fresh, next: this.state.pages.get(view) ?? fresh.next } });
    }, COUNTS_DELAY_MS);
  }

  /** @param {any} frame */
  async #hear(frame) {
    if (frame.type === "reset") return this.#restart();
    if (frame.type === "typing") {
      frame.at = Date.now();
      setTimeout(() => this.dispatchEvent(new Event("change")), TYPING_MS + 50);
    }
    this.dispatch(frame);
    if (frame.type !== "event") return;
    // Where replies can go and what may be chosen is no row of its own.
    if (frame.event.type.startsWith("channel.")) return this.#restart();
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    // The open conversation went into another one: follow it there.
    const gone = frame.removed?.some(
      (/** @type {any} */ row) => row.kind === "conversation" && row.id === this.screen.selected,
    );
    if (gone) this.open(frame.event.conversation === this.screen.selected ? null : frame.event.conversation);
  }

  async #restart() {
    const { view, selected } = this.screen;
    const snapshot = await fetchSnapshot({ view, conversation: selected }).catch(() => null);
    if (!snapshot) return;
    this.dispatch({ type: "restart", snapshot });
    // What was open is not there any more.
    if (selected !== null && snapshot.conversation === null && selected === this.screen.selected)
      this.open(null, { isStep: true });
    this.socket.close();
    this.socket.connect();
  }

  /** @param {import("#inbox/socket.js").Connection} connection */
  #connected(connection) {
    this.show({ connection });
    if (connection !== "open") return;
    this.outbox.flush();
    this.uploads.resume();
  }
}
