/** What an admin may do with the demo: let messages trickle in, or take all of it away. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { request } from "#inbox/api.js";
import { TourElement } from "#demo/element.js";

class TourControls extends TourElement {
  constructor() {
    super();
    this.said = "";
  }

  render() {
    const { trickle, remove } = this.tour.settings.controls;
    if (!trickle && !remove) return nothing;
    return html`<details class="others">
      <summary class="button ghost square" aria-label="The demo itself">${icon("settings")}</summary>
      <div class="others-list controls">
        ${trickle ? html`<p><b>New messages now and then</b></p><p class="controls-row"><button class="button" type="button" @click=${() => this.#trickle(true)}>On</button><button class="button" type="button" @click=${() => this.#trickle(false)}>Off</button></p>` : nothing}
        ${remove ? html`<form @submit=${this.#remove}><label><b>Remove the demo</b><small>All of it, and nothing else. Type the shop's name.</small><input name="name" autocomplete="off" required /></label><button class="button">${icon("trash")}<span>Remove</span></button></form>` : nothing}
        <p role="status">${this.said}</p>
      </div>
    </details>`;
  }

  /** @param {boolean} isOn */
  #trickle(isOn) {
    const words = isOn ? "Messages come in now and then." : "No more of them come.";
    this.#ask(this.tour.settings.controls.trickle, { is_on: String(isOn) }, words);
  }

  /** @param {SubmitEvent} event */
  #remove(event) {
    event.preventDefault();
    const name = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name"));
    this.#ask(this.tour.settings.controls.remove, { name }, "The demo is gone.");
  }

  /** @param {string} url @param {Record<string, string>} fields @param {string} words  said when it is done */
  async #ask(url, fields, words) {
    try {
      await request(url, new URLSearchParams(fields));
      this.said = words;
    } catch (error) {
      this.said = error instanceof Error ? error.message : "That didn't work.";
    }
    this.requestUpdate();
  }
}

customElements.define("tour-controls", TourControls);
