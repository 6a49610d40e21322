/** What all parts of the tour share: light DOM, the visit, and a render whenever it changes. */
import { LitElement } from "lit";

/** @typedef {import("#demo/tour.js").Tour} Tour */

export class TourElement extends LitElement {
  /** @type {Record<string, any>} */
  static properties = { tour: { attribute: false } };

  constructor() {
    super();
    /** @type {Tour} */
    this.tour = /** @type {any} */ (null);
    this.onChange = () => this.requestUpdate();
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.tour?.addEventListener("change", this.onChange);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.tour?.removeEventListener("change", this.onChange);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("tour")) this.tour?.addEventListener("change", this.onChange);
  }
}

/** Hours and minutes, as devices show them. @param {string} at */
export function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
