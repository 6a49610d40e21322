/** What was just done, with its undo; what went wrong, in words. Stays while it is pointed at or focused. */
import { html, keyed, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";
import { keyCaps } from "#inbox/elements/parts.js";
import { Panel } from "#inbox/elements/panel.js";

class NoticeBar extends Panel {
  render() {
    const { notice } = this.inbox.screen;
    return html`<div class="notices" role="status" @pointerenter=${() => this.#hold(true)} @pointerleave=${() => this.#hold(false)} @focusin=${() => this.#hold(true)} @focusout=${() => this.#hold(false)}>
      ${notice ? keyed(notice.at, this.#bar(notice)) : nothing}
    </div>`;
  }

  /** @param {NonNullable<import("#inbox/inbox.js").Screen["notice"]>} notice */
  #bar(notice) {
    return html`<div class="notice-bar" ?data-bad=${notice.isBad}>
      ${icon(notice.isBad ? "alert" : "check")}<span>${notice.words}</span>
      ${notice.undo ? html`<button class="notice-undo" type="button" @click=${() => this.inbox.undo()}>${t("Undo")}${keyCaps("z")}</button>` : nothing}
      <button class="notice-close" type="button" aria-label=${t("Dismiss")} @click=${() => this.inbox.show({ notice: null })}>${icon("close")}</button>
    </div>`;
  }

  /** Time limits wait for those who need longer. @param {boolean} isHeld */
  #hold(isHeld) {
    this.inbox.isNoticeHeld = isHeld;
    const { notice } = this.inbox.screen;
    if (isHeld || !notice) return;
    setTimeout(
      () => this.inbox.screen.notice === notice && !this.inbox.isNoticeHeld && this.inbox.show({ notice: null }),
      3_000,
    );
  }
}

customElements.define("notice-bar", NoticeBar);
