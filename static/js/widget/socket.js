/**
 * One WebSocket that comes back by itself. It knows frames as JSON, nothing of what they mean.
 */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const PING_EVERY_MS = 25_000;
const ANSWER_WITHIN_MS = 10_000;
const REFUSALS = [4403, 4404];

/**
 * How long to wait before the given attempt: doubling, with half of it by chance, so that the
 * widgets of a busy site do not all return in the same second after a restart.
 * @param {number} attempt 0 for the first
 * @param {() => number} [random]
 */
export function waitBefore(attempt, random = Math.random) {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return full / 2 + (full / 2) * random();
}

export class Link {
  /** @param {import("./types.js").LinkOptions} options */
  constructor(options) {
    this.options = options;
    this.attempt = 0;
    this.isAnsweringPings = false;
    this.isGreeted = false;
    /** @type {WebSocket | null} */
    this.socket = null;
  }

  open() {
    this.#stopTimers();
    const Socket = this.options.Socket ?? WebSocket;
    const socket = new Socket(this.options.url);
    this.socket = socket;
    this.options.onState("connecting");
    socket.onopen = () => this.socket === socket && this.#opened();
    socket.onmessage = (event) => this.socket === socket && this.#received(event.data);
    socket.onclose = (event) => this.socket === socket && this.#closed(event.code);
  }

  /** Ends the connection for good. */
  close() {
    this.#stopTimers();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Drops the connection and starts a new one at once, as after a change of who the visitor is. */
  restart() {
    this.close();
    this.attempt = 0;
    this.open();
  }

  /** Tries now instead of after the wait: the network is back, or the visitor looks again. */
  hurry() {
    if (this.retryTimer) this.restart();
    else this.#ping();
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it went to the network
   */
  send(frame) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  #opened() {
    this.options.onState("open");
    this.options.onOpen();
    this.pingTimer = setInterval(() => this.#ping(), PING_EVERY_MS);
  }

  /** @param {unknown} text */
  #received(text) {
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
    let frame;
    try {
      frame = JSON.parse(String(text));
    } catch {
      return;
    }
    if (frame?.type === "ready") {
      this.attempt = 0;
      this.isGreeted = true;
    }
    if (frame?.type === "pong") this.isAnsweringPings = true;
    else if (frame && typeof frame === "object") this.options.onFrame(frame);
  }

  /** @param {number} code */
  #closed(code) {
    this.#stopTimers();
    this.socket = null;
    if (REFUSALS.includes(code)) return this.options.onState("refused");
    this.options.onState("lost");
    const wait = waitBefore(this.attempt++, this.options.random);
    this.retryTimer = setTimeout(() => this.open(), wait);
  }

  #ping() {
    if (!this.isGreeted || !this.send({ type: "ping" }) || !this.isAnsweringPings || this.answerTimer) return;
    // A laptop that slept keeps a socket that looks open and is not.
    this.answerTimer = setTimeout(() => {
      this.socket?.close();
      this.#closed(1006);
    }, ANSWER_WITHIN_MS);
  }

  #stopTimers() {
    clearTimeout(this.retryTimer);
    clearInterval(this.pingTimer);
    clearTimeout(this.answerTimer);
    this.isGreeted = false;
    this.retryTimer = this.pingTimer = this.answerTimer = undefined;
  }
}
