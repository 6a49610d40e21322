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
    const { trickle, remove, is_trickling: isOn } = this.tour.settings.controls;
    if (!trickle || !remove) return nothing;
    return html`<button class="button ghost square" type="button" aria-haspopup="dialog" aria-label="The demo itself" @click=${() => this.querySelector("dialog")?.showModal()}>${icon("settings")}</button>
      <dialog class="others-list" aria-label="The demo itself"><div class="controls">
        <label class="switch"><input type="checkbox" role="switch" .checked=${isOn} @change=${(/** @type {any} */ event) => this.#trickle(trickle, event.target.checked)} /><b>New messages now and then</b><small>Others write to the shop, too.</small></label>
        <form @submit=${(/** @type {SubmitEvent} */ event) => this.#remove(remove, event)}>
          <label><b>Remove the demo</b><small>All of it, and nothing real. Type the shop's name.</small><input name="name" autocomplete="off" required /></label>
          <button class="button">${icon("trash")}<span>Remove</span></button>
        </form>
        <p role="status">${this.said}</p>
        <form method="dialog"><button class="button ghost">Close</button></form>
      </div></dialog>`;
  }

  /** @param {string} url @param {boolean} isOn */
  #trickle(url, isOn) {
    this.#ask(url, { is_on: String(isOn) }, isOn ? "Messages come in now and then." : "No more of them come.");
  }

  /** @param {string} url @param {SubmitEvent} event */
  async #remove(url, event) {
    event.preventDefault();
    const name = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name"));
    if (await this.#ask(url, { name }, "The demo is gone.")) location.reload();
  }

  /** @param {string} url @param {Record<string, string>} fields @param {string} words  said when it is done @returns {Promise<boolean>} */
  async #ask(url, fields, words) {
    try {
      await request(url, new URLSearchParams(fields));
      this.said = words;
      return true;
    } catch (error) {
      this.said = error instanceof Error ? error.message : "That didn't work.";
      return false;
    } finally {
      this.requestUpdate();
    }
  }
}

customElements.define("tour-controls", TourControls);
