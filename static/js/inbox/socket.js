/**
 * The inbox socket: connects with our place in the log, replays, and keeps trying. It knows nothing of rows.
 * Everything from outside (WebSocket, clock, chance) comes in, so that tests run it without a browser.
 */

/** @typedef {"connecting" | "open" | "reconnecting" | "offline"} Connection */

const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 15_000;
const PING_MS = 25_000;
const PONG_MS = 8_000;
/** A drop shorter than this is nobody's business. */
export const QUIET_MS = 1_500;
export const OFFLINE_MS = 5_000;

/**
 * How long to wait before attempt `n` (from 0): doubling, up to a half of it by chance, so that a restarted server
 * isn't met by everyone at once.
 * @param {number} n
 * @param {() => number} [random]
 */
export function retryDelay(n, random = Math.random) {
  const full = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(n, 10));
  return Math.round(full * (0.5 + 0.5 * random()));
}

/**
 * @typedef {object} Parts
 * @property {() => string} url  where to connect now, our place in the log included
 * @property {(frame: any) => void} onFrame
 * @property {(connection: Connection) => void} onConnection
 * @property {(url: string) => WebSocket} [open]
 * @property {(run: () => void, ms: number) => any} [later]
 * @property {(timer: any) => void} [cancel]
 * @property {() => number} [random]
 */

export class InboxSocket {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = {
      open: (/** @type {string} */ url) => new WebSocket(url),
      later: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
      cancel: (/** @type {any} */ timer) => clearTimeout(timer),
      random: Math.random,
      ...parts,
    };
    /** @type {Connection} */
    this.connection = "connecting";
    /** @type {WebSocket | null} */
    this.socket = null;
    this.attempts = 0;
    /** @type {Map<string, any>} */
    this.timers = new Map();
    this.hasHeardPong = false;
    /** Sent again after every reconnect: which conversation we look at. @type {object | null} */
    this.standing = null;
  }

  connect() {
    this.#cancel("retry");
    if (this.socket) return;
    const socket = this.parts.open(this.parts.url());
    this.socket = socket;
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data));
    socket.onclose = () => this.#lose(socket);
    socket.onerror = () => socket.close();
  }

  /** The tab woke or the network came back: find out now instead of at the next beat. */
  wake() {
    if (!this.socket) {
      this.attempts = 0;
      this.connect();
    } else if (this.connection === "open") this.#ping();
  }

  /** Say something; what is said while disconnected is lost, except the standing frame. @param {object} frame */
  say(frame) {
    if (this.connection === "open") this.socket?.send(JSON.stringify(frame));
  }

  /** Say it now and after every reconnect. @param {object | null} frame */
  stand(frame) {
    this.standing = frame;
    if (frame) this.say(frame);
  }

  close() {
    for (const name of this.timers.keys()) this.#cancel(name);
    if (this.socket) this.socket.onclose = null;
    this.socket?.close();
    this.socket = null;
  }

  /** @param {any} frame */
  #hear(frame) {
    this.#cancel("pong");
    if (frame.type === "pong") {
      this.hasHeardPong = true;
      return;
    }
    if (frame.type === "ready") this.#ready();
    this.parts.onFrame(frame);
  }

  #ready() {
    this.attempts = 0;
    this.#cancel("quiet");
    this.#cancel("offline");
    this.#become("open");
    if (this.standing) this.say(this.standing);
    this.#every("ping", PING_MS, () => this.#ping());
  }

  #ping() {
    this.say({ type: "ping" });
    // A server that never answers pings isn't dead for that.
    if (this.hasHeardPong) this.#after("pong", PONG_MS, () => this.#lose(this.socket));
  }

  /** @param {WebSocket | null} socket */
  #lose(socket) {
    if (!socket || socket !== this.socket) return;
    socket.onclose = null;
    socket.close();
    this.socket = null;
    this.#cancel("ping");
    this.#cancel("pong");
    if (this.connection === "open" || this.connection === "connecting") this.#startWorrying();
    this.#after("retry", retryDelay(this.attempts, this.parts.random), () => this.connect());
    this.attempts += 1;
  }

  #startWorrying() {
    this.connection = "connecting";
    if (!this.timers.has("quiet")) this.#after("quiet", QUIET_MS, () => this.#become("reconnecting"));
    if (!this.timers.has("offline")) this.#after("offline", OFFLINE_MS, () => this.#become("offline"));
  }

  /** @param {Connection} connection */
  #become(connection) {
    if (this.connection === connection) return;
    this.connection = connection;
    this.parts.onConnection(connection);
  }

  /**
   * @param {string} name
   * @param {number} ms
   * @param {() => void} run
   */
  #after(name, ms, run) {
    this.#cancel(name);
    this.timers.set(
      name,
      this.parts.later(() => {
        this.timers.delete(name);
        run();
      }, ms),
    );
  }

  /**
   * @param {string} name
   * @param {number} ms
   * @param {() => void} run
   */
  #every(name, ms, run) {
    this.#after(name, ms, () => {
      this.#every(name, ms, run);
      run();
    });
  }

  /** @param {string} name */
  #cancel(name) {
    if (!this.timers.has(name)) return;
    this.parts.cancel(this.timers.get(name));
    this.timers.delete(name);
  }
}
