/** Her phone: a home screen, the apps that this demo has doors for, and what it announces. */
import { html, keyed, nothing } from "lit";
import { icon } from "#icons.js";
import { TourElement, clock } from "#demo/element.js";
import "#demo/elements/phone-call.js";
import "#demo/elements/text-thread.js";

const APPS = [
  { id: "sms", channel: "sms", words: "Messages", icon: "sms" },
  { id: "whatsapp", channel: "whatsapp", words: "WhatsApp", icon: "whatsapp" },
  { id: "call", channel: "phone", words: "Phone", icon: "phone" },
];

class HerPhone extends TourElement {
  connectedCallback() {
    super.connectedCallback();
    this.timer = setInterval(() => this.requestUpdate(), 20_000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    super.disconnectedCallback();
  }

  render() {
    const { tour } = this;
    const open = tour.screen.phone;
    return html`
      <div class="phone" role="group" aria-label="Her phone">
        <div class="phone-screen" data-app=${open || "home"}>
          <div class="phone-status" aria-hidden="true"><span>${clock(new Date().toISOString())}</span><span class="island"></span><span class="signal"><i></i><i></i><i></i><i></i></span></div>
          <div class="phone-banner-place" role="status">${tour.banner ? keyed(tour.banner.id, this.#banner(tour.banner)) : nothing}</div>
          ${open ? this.#app(open) : this.#home()}
          <button class="phone-home" type="button" aria-label="Home screen" ?disabled=${!open} @click=${() => this.#goHome()}><span></span></button>
        </div>
      </div>
    `;
  }

  /** @param {string} app */
  #app(app) {
    const { tour } = this;
    if (app === "call") return html`<phone-call class="phone-app" .tour=${tour}></phone-call>`;
    return keyed(app, html`<text-thread class="phone-app" .tour=${tour} .app=${app}></text-thread>`);
  }

  #home() {
    const { tour } = this;
    const today = new Date().toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
    const apps = APPS.filter((app) => app.channel in tour.settings.channels);
    return html`
      <div class="phone-app home">
        <p class="home-clock">${clock(new Date().toISOString())}</p>
        <p class="home-day">${today}</p>
        <ul class="home-apps">${apps.map((app) => this.#icon(app))}</ul>
      </div>
    `;
  }

  /** @param {typeof APPS[number]} app */
  #icon(app) {
    const count = this.tour.unread(app.id);
    return html`<li><button class="app-icon" type="button" data-channel=${app.channel} @click=${() => this.tour.show({ phone: app.id })}>
      <span class="app-tile">${icon(app.icon)}${count ? html`<span class="app-badge">${count}<span class="sr-only"> new</span></span>` : nothing}</span><span>${app.words}</span>
    </button></li>`;
  }

  /** @param {NonNullable<import("#demo/tour.js").Tour["banner"]>} banner */
  #banner(banner) {
    return html`<button class="phone-banner" type="button" data-channel=${banner.app} @click=${() => this.tour.show({ phone: banner.app })}>
      <span class="app-tile">${icon(banner.app)}</span><span class="banner-words"><b>${banner.title}</b><span>${banner.text}</span></span>
    </button>`;
  }

  #goHome() {
    this.tour.show({ phone: "" });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector(".app-icon"))?.focus());
  }
}

customElements.define("her-phone", HerPhone);
