/** The guide: one thread with a knot for each step, which ties itself when the step is done. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { TourElement } from "#demo/element.js";

class TourGuide extends TourElement {
  constructor() {
    super();
    /** @type {string} a step that was pointed out by hand, done or not */
    this.chosen = "";
  }

  render() {
    const { steps, step } = this.tour;
    if (!steps.length) return nothing;
    const chosen = steps.find((one) => one.id === this.chosen && !one.isDone) ?? step;
    return html`
      <nav class="guide" aria-label="Tour">
        <ol class="knots">${steps.map((one, index) => this.#knot(one, index, chosen?.id === one.id))}</ol>
        <div class="guide-step" aria-live="polite">${chosen ? this.#words(chosen) : this.#end()}</div>
      </nav>
    `;
  }

  /** @param {import("#demo/steps.js").Step} step @param {number} index @param {boolean} isHere */
  #knot(step, index, isHere) {
    const state = step.isDone ? ", done" : "";
    return html`<li data-channel=${step.channel || "thread"} ?data-done=${step.isDone}>
      <button class="knot" type="button" title=${step.title} aria-label="${index + 1}. ${step.title}${state}" aria-current=${isHere ? "step" : nothing}
        @click=${() => this.#choose(step)}>${icon(step.isDone ? "check" : step.icon)}</button>
    </li>`;
  }

  /** @param {import("#demo/steps.js").Step} step */
  #words(step) {
    return html`
      <p><b>${step.title}.</b> ${step.words}</p>
      ${step.lines.length ? html`<p class="lines"><span class="lines-lead">Write for me:</span>${step.lines.map((line) => html`<button class="line" type="button" @click=${() => this.tour.suggest(step, line)}>${line}</button>`)}</p>` : nothing}
    `;
  }

  #end() {
    const { conversation, customer_count: count } = this.tour.found;
    const channels = conversation?.channels.length ?? 0;
    return html`<p><b>That is the whole idea.</b> ${count === 1 ? "One customer" : `${count} customers`}, one conversation${channels > 1 ? `, ${channels} channels in it` : ""}. Now write whatever you like.</p>`;
  }

  /** @param {import("#demo/steps.js").Step} step */
  #choose(step) {
    this.chosen = step.id;
    const letter = step.app === "mail" ? { isWriting: true, mail: "" } : {};
    this.tour.show({ tab: step.device, ...(step.app ? { [step.device]: step.app } : {}), ...letter });
  }
}

customElements.define("tour-guide", TourGuide);
