/**
 * The line to the page that embeds us. The loader names its origin in our address; a frame with
 * another parent never hears from us (the browser drops the message) and is never listened to.
 */

export class Host {
  /**
   * @param {string} key
   * @param {import("./types.js").HostListeners} listeners
   */
  constructor(key, listeners) {
    this.key = key;
    this.listeners = listeners;
    this.origin = originIn(new URLSearchParams(location.search).get("host"));
    this.isEmbedded = window.parent !== window && this.origin !== null;
    this.isShown = !this.isEmbedded;
    this.isFocused = false;
    if (this.isEmbedded) window.addEventListener("message", (event) => this.#received(event));
  }

  /** Whether the visitor has the conversation before the eyes. */
  get isRead() {
    return this.isShown && document.visibilityState === "visible" && (this.isFocused || document.hasFocus());
  }

  /**
   * @param {string} type
   * @param {object} [facts]
   */
  tell(type, facts = {}) {
    if (this.isEmbedded && this.origin) window.parent.postMessage({ ...facts, onethread: this.key, type }, this.origin);
  }

  /** @param {MessageEvent} event */
  #received({ source, origin, data }) {
    if (source !== window.parent || origin !== this.origin || data?.onethread !== this.key) return;
    if (data.type === "open") {
      this.isShown = true;
      this.listeners.onOpen(data.focus === true);
    } else if (data.type === "hide") {
      this.isShown = false;
    } else if (data.type === "focus") {
      this.isFocused = data.value === true;
      this.listeners.onFocus();
    } else if (data.type === "logout") {
      this.listeners.onLogout();
    }
  }
}

/** @param {string | null} text */
function originIn(text) {
  try {
    const url = new URL(text ?? "");
    return /^https?:$/.test(url.protocol) ? url.origin : null;
  } catch {
    return null;
  }
}
