/** The agents' inbox itself, in a frame. Nobody has to log in: the page's own form lets this browser in as Ada. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { cookie } from "#inbox/api.js";
import { TourElement } from "#demo/element.js";

class TeamInbox extends TourElement {
  static properties = { ...TourElement.properties, isInside: { attribute: false } };

  constructor() {
    super();
    this.isInside = false;
    this.isShut = false;
    this.wanted = 0;
  }

  firstUpdated() {
    const frame = /** @type {HTMLIFrameElement} */ (this.#frame);
    if (this.isInside) frame.src = "/inbox/all/";
    else this.#enter();
    this.tour.addEventListener("conversation", () => this.#goTo(this.tour.found.conversation.id));
    this.tour.addEventListener("person", () => this.#goTo(0));
  }

  get #frame() {
    return /** @type {HTMLIFrameElement | null} */ (this.querySelector("iframe"));
  }

  render() {
    const { conversation } = this.tour.found;
    return html`
      <section class="team" aria-label="The team's inbox">
        <div class="team-bar">
          <p>${icon("inbox")}<b>The team's inbox</b><span>You are ${this.tour.settings.agent_name}</span></p>
          ${conversation ? html`<button class="button ghost" type="button" @click=${() => this.#goTo(conversation.id)}>${icon("link")}<span>Her conversation</span></button>` : nothing}
          <a class="button ghost square" href="/inbox/all/" target="_blank" aria-label="Open the inbox in a window of its own">${icon("external")}</a>
        </div>
        <iframe name="team-inbox" title="The team's inbox" ?hidden=${this.isShut} @load=${this.#loaded}></iframe>
        <form class="team-door" method="post" action="/demo/agent/" target="team-inbox" ?hidden=${!this.isShut}>
          <input type="hidden" name="csrfmiddlewaretoken" value=${cookie("onethread_csrf")} />
          <p>You are logged out.</p>
          <button class="button primary">${icon("log-in")}<span>Come back</span></button>
        </form>
      </section>
    `;
  }

  #enter() {
    /** @type {HTMLFormElement} */ (this.querySelector("form")).requestSubmit();
  }

  /** Only the inbox itself may be framed; whatever else stands there now (the log-in) doesn't show. */
  #loaded() {
    const path = this.#path();
    this.isShut = path !== "about:blank" && !path.startsWith("/inbox/");
    this.requestUpdate();
    if (path.startsWith("/inbox/") && this.wanted) this.#goTo(this.wanted);
  }

  #path() {
    try {
      const { href, pathname } = /** @type {Window} */ (/** @type {HTMLIFrameElement} */ (this.#frame).contentWindow)
        .location;
      return href === "about:blank" ? href : pathname;
    } catch {
      return "";
    }
  }

  /** The inbox's address is its state: a step in its history opens a conversation without loading the page anew.
   * @param {number} conversation */
  #goTo(conversation) {
    this.wanted = conversation;
    const inbox = this.#frame?.contentWindow;
    const address = conversation ? `/inbox/all/${conversation}/` : "/inbox/all/";
    if (!inbox || !this.#path().startsWith("/inbox/")) return;
    if (inbox.location.pathname === address) return;
    inbox.history.pushState(null, "", address);
    inbox.dispatchEvent(new PopStateEvent("popstate"));
  }
}

customElements.define("team-inbox", TeamInbox);
