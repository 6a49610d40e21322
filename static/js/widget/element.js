import { LitElement } from "../../vendor/lit-3.3.3/lit.js";

// The only module that names the vendored Lit, so that a new version is one place to change.
export * from "../../vendor/lit-3.3.3/lit.js";

/** An element in the light DOM that shows a session and renders again when it changes. */
export class SessionElement extends LitElement {
  /** @type {Record<string, object>} */
  static properties = { session: { attribute: false } };

  constructor() {
    super();
    /** @type {import("./session.js").Session} */
    this.session = /** @type {any} */ (undefined);
    this.onChange = (/** @type {Event} */ event) => this.sessionChanged(/** @type {CustomEvent} */ (event).detail);
  }

  /** @returns {any} the element itself: no shadow, the frame is wall enough */
  createRenderRoot() {
    return this;
  }

  /** @returns {any} */
  render() {}

  connectedCallback() {
    super.connectedCallback();
    this.session.addEventListener("change", this.onChange);
  }

  disconnectedCallback() {
    this.session.removeEventListener("change", this.onChange);
    super.disconnectedCallback();
  }

  /** @param {string} [_what] the stored entry another tab changed, if it was one */
  sessionChanged(_what) {
    this.requestUpdate();
  }
}
