/** What goes along with the message: each file with its picture, its size, how far it is, and what is wrong with it. */
import { html, LitElement, nothing, repeat } from "lit";
import { icon } from "#icons.js";
import { currentLocale, plural, t } from "#language.js";
import { isPicture } from "#inbox/file-rules.js";
import { size } from "#inbox/elements/file-list.js";

/** @typedef {import("#inbox/uploads.js").Item & {objection: string, isPlaced: boolean, canBePlaced: boolean}} Shown */

class AttachmentTray extends LitElement {
  static properties = { items: { attribute: false }, problem: {}, remark: {} };

  constructor() {
    super();
    /** @type {Shown[]} */
    this.items = [];
    /** Why the files can't go together. */
    this.problem = "";
    this.remark = "";
    /** Said to screen readers once it changes. */
    this.said = "";
  }

  createRenderRoot() {
    return this;
  }

  willUpdate() {
    this.said = this.#told();
  }

  render() {
    // The voice is there before it has anything to say: else nothing is heard of the first file.
    return html`${this.items.length ? this.#tray() : nothing}<p class="sr-only" role="status">${this.said}</p>`;
  }

  #tray() {
    return html`<div class="tray">
      <ul class="tray-files" aria-label=${t("Files to send")}>
        ${repeat(
          this.items,
          (item) => item.key,
          (item) => this.#file(item),
        )}
      </ul>
      ${
        this.problem
          ? html`<p class="tray-problem">${icon("alert")}<span>${this.problem}</span><button class="plain-link" type="button" @click=${() => this.#tell("remove-all-files")}>${t("Remove the files")}</button></p>`
          : nothing
      }
      ${this.remark ? html`<p class="tray-remark">${this.remark}</p>` : nothing}
    </div>`;
  }

  /** @param {Shown} item */
  #file(item) {
    const wrong = item.error || item.objection;
    const isBad = Boolean(wrong) && item.state !== "waiting";
    const retry = item.file && (item.state === "failed" || item.state === "waiting");
    return html`<li class="tray-file" ?data-bad=${isBad} data-state=${item.state}>
      <span class="tray-picture">${picture(item)}</span>
      <span class="tray-words">
        <span class="tray-name" title=${item.name} dir="auto">${item.name}</span>
        ${item.state === "uploading" ? html`<progress max="1" .value=${item.progress} aria-label=${t("{name} is being uploaded", { name: item.name })}></progress>` : nothing}
        ${wrong ? html`<span class="tray-error">${wrong}</span>` : html`<small class="number">${facts(item)}</small>`}
      </span>
      ${retry ? html`<button class="button ghost" type="button" @click=${() => this.#tell("retry-file", item)}>${t("Retry")}<span class="sr-only"> ${item.name}</span></button>` : nothing}
      ${item.canBePlaced && !item.isPlaced && !isBad ? html`<button class="button ghost square" type="button" aria-label=${t("Put {name} into the text", { name: item.name })} title=${t("Put it into the text")} @click=${() => this.#tell("place-file", item)}>${icon("enter")}</button>` : nothing}
      <button class="button ghost square" type="button" aria-label=${t("Remove {name}", { name: item.name })} title=${t("Remove")} @click=${() => this.#tell("remove-file", item)}>${icon("close")}</button>
    </li>`;
  }

  #told() {
    if (!this.items.length) return "";
    const bad = this.items.find((item) => item.state !== "waiting" && (item.error || item.objection));
    if (this.problem) return this.problem;
    if (bad) return `${bad.name}: ${bad.error || bad.objection}`;
    if (this.items.some((item) => item.state === "waiting")) return t("No connection: the files wait for it.");
    const ready = this.items.filter((item) => item.state === "ready").length;
    if (ready < this.items.length) return t("Files are being uploaded");
    return plural(ready, { one: "{n} file is ready to send", other: "{n} files are ready to send" });
  }

  /** @param {string} name @param {Shown} [item] */
  #tell(name, item) {
    this.dispatchEvent(new CustomEvent(name, { detail: item }));
  }
}

/** @param {Shown} item */
function picture(item) {
  if (item.url && isPicture(item)) return html`<img src=${item.url} alt="" />`;
  return icon(item.content_type.startsWith("image/") ? "image" : "file");
}

/** @param {Shown} item */
function facts(item) {
  if (item.state === "uploading") return item.progress.toLocaleString(currentLocale(), { style: "percent" });
  return item.isPlaced ? t("{size}, in the text", { size: size(item.size) }) : size(item.size);
}

customElements.define("attachment-tray", AttachmentTray);
