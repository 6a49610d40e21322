/** What all inbox elements share: light DOM, the inbox, and a render whenever it changes. */
import { LitElement } from "lit";

/** @typedef {import("#inbox/inbox.js").Inbox} Inbox */

export class Panel extends LitElement {
  /** @type {Record<string, {attribute?: boolean, state?: boolean}>} */
  static properties = { inbox: { attribute: false } };

  constructor() {
    super();
    /** @type {Inbox} */
    this.inbox = /** @type {any} */ (null);
    this.onChange = () => this.requestUpdate();
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.inbox?.addEventListener("change", this.onChange);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.inbox?.removeEventListener("change", this.onChange);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has("inbox")) return;
    /** @type {Inbox | undefined} */ (changed.get("inbox"))?.removeEventListener("change", this.onChange);
    this.inbox?.addEventListener("change", this.onChange);
  }
}
