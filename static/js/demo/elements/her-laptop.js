/** Her laptop: a desk with one window at a time, the shop in a browser or her mail. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { TourElement } from "#demo/element.js";
import { openChat } from "#demo/chat-window.js";
import "#demo/elements/her-mail.js";

const APPS = [
  { id: "browser", channel: "", words: "Browser", icon: "globe" },
  { id: "mail", channel: "email", words: "Mail", icon: "email" },
];

class HerLaptop extends TourElement {
  firstUpdated() {
    this.tour.addEventListener("person", () => {
      const frame = this.#frame;
      if (frame) frame.src = "/demo/shop/";
    });
  }

  get #frame() {
    return /** @type {HTMLIFrameElement | null} */ (this.querySelector(".browser-page"));
  }

  render() {
    const { tour } = this;
    const apps = APPS.filter((app) => !app.channel || app.channel in tour.settings.channels);
    const open = tour.screen.laptop;
    return html`
      <div class="laptop" role="group" aria-label="Her laptop">
        <div class="laptop-screen">
          <div class="window" ?hidden=${open !== "browser"}>
            <div class="window-bar"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><p class="address-bar">${icon("shield")}fernhill.example</p></div>
            ${tour.person ? html`<iframe class="browser-page" title="The shop, with its chat" src="/demo/shop/" @load=${this.#loaded}></iframe>` : nothing}
          </div>
          <div class="window" ?hidden=${open !== "mail"}>
            <div class="window-bar"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><p class="window-title">Mail</p></div>
            <her-mail .tour=${tour}></her-mail>
          </div>
          <ul class="dock">${apps.map((app) => this.#icon(app, open === app.id))}</ul>
        </div>
        <div class="laptop-base" aria-hidden="true"></div>
      </div>
    `;
  }

  /** @param {typeof APPS[number]} app @param {boolean} isOpen */
  #icon(app, isOpen) {
    const count = app.id === "mail" ? this.tour.unread("email") : 0;
    return html`<li><button class="app-icon" type="button" data-app=${app.id} aria-pressed=${isOpen} @click=${() => this.tour.show({ laptop: app.id })}>
      <span class="app-tile">${icon(app.icon)}${count ? html`<span class="app-badge">${count}<span class="sr-only"> new</span></span>` : nothing}</span><span>${app.words}</span>
    </button></li>`;
  }

  /** The chat is what she came for: it stands open, as soon as the loader has made it. */
  #loaded() {
    const tried = (/** @type {number} */ times) => {
      const widget = /** @type {any} */ (this.#frame?.contentWindow)?.onethread;
      if (widget?.open) openChat(this.#frame);
      else if (times) setTimeout(() => tried(times - 1), 100);
    };
    tried(50);
  }
}

customElements.define("her-laptop", HerLaptop);
