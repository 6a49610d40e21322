/** The page: who she is, the guide, her desk on the left, the team's inbox on the right. Tabs on narrow windows. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { TourElement } from "#demo/element.js";
import "#demo/elements/her-laptop.js";
import "#demo/elements/her-phone.js";
import "#demo/elements/team-inbox.js";
import "#demo/elements/tour-controls.js";
import "#demo/elements/tour-guide.js";
import "#demo/elements/tour-person.js";

const TABS = [
  { id: "phone", words: "Her phone", icon: "phone" },
  { id: "laptop", words: "Her laptop", icon: "globe" },
  { id: "inbox", words: "Inbox", icon: "inbox" },
];

class TourPage extends TourElement {
  static properties = { ...TourElement.properties, isInside: { attribute: false } };

  constructor() {
    super();
    this.isInside = false;
  }

  render() {
    const { tour } = this;
    return html`
      <header class="tour-head">
        <p class="wordmark">
          <svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><path d="M2 23c6 0 8-3.5 10-8s4-8 8-8a6 6 0 0 1 0 12c-4 0-6-3.5-8-8" /><path d="M16.5 19.5C18.5 22 22 23 30 23" /></svg>
          <span>Onethread</span>
        </p>
        <h1>Be the customer. Watch the team.</h1>
        <tour-person .tour=${tour}></tour-person>
        <tour-controls .tour=${tour}></tour-controls>
      </header>
      <tour-guide .tour=${tour}></tour-guide>
      <nav class="tour-tabs" aria-label="What to show"><div role="tablist" aria-label="What to show" @keydown=${this.#arrow}>${TABS.map((tab) => this.#tab(tab))}</div></nav>
      <main class="tour-stage" data-tab=${tour.screen.tab}>
        <section class="her-desk" aria-label="Her desk">
          <her-laptop id="pane-laptop" .tour=${tour}></her-laptop>
          <her-phone id="pane-phone" .tour=${tour}></her-phone>
        </section>
        <team-inbox id="pane-inbox" .tour=${tour} .isInside=${this.isInside}></team-inbox>
      </main>
      <p class="tour-problem" role="alert">${tour.problem ? html`${icon("alert")}<span>${tour.problem}</span>` : nothing}</p>
    `;
  }

  /** @param {typeof TABS[number]} tab */
  #tab(tab) {
    const isShown = this.tour.screen.tab === tab.id;
    const count = this.#news(tab.id);
    return html`<button type="button" role="tab" id="tab-${tab.id}" aria-controls="pane-${tab.id}" aria-selected=${isShown} tabindex=${isShown ? 0 : -1}
      @click=${() => this.tour.show({ tab: tab.id })}>${icon(tab.icon)}<span>${tab.words}</span>${count ? html`<span class="app-badge"><span class="sr-only">new: </span>${count}</span>` : nothing}</button>`;
  }

  /** @param {string} tab */
  #news(tab) {
    if (tab === "phone") return this.tour.unread("sms") + this.tour.unread("whatsapp");
    return tab === "laptop" ? this.tour.unread("email") : 0;
  }

  /** @param {KeyboardEvent} event */
  #arrow(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const at = TABS.findIndex((tab) => tab.id === this.tour.screen.tab);
    const tab = TABS[(at + by + TABS.length) % TABS.length].id;
    this.tour.show({ tab });
    this.updateComplete.then(() => /** @type {HTMLElement} */ (this.querySelector(`#tab-${tab}`)).focus());
  }
}

customElements.define("tour-page", TourPage);
