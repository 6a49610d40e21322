/** A reply that came back while another one was being written: both are kept, the agent says what becomes of them. */
import { html, nothing } from "lit";
import { icon } from "#icons.js";
import { t } from "#language.js";

/**
 * @param {{text?: string, template?: object}} offered
 * @param {{use: () => void, add: () => void, leave: () => void}} choices
 */
export function givenBack({ text }, { use, add, leave }) {
  return html`<div class="given-back" role="group" aria-label=${t("The reply that was taken back")}>
    ${icon("undo")}
    <p dir="auto">${text ? t("Taken back: “{text}”", { text: text.replace(/\s+/g, " ") }) : t("Taken back: a template")}</p>
    ${text ? html`<button class="plain-link" type="button" @click=${add}>${t("Add it below")}</button>` : nothing}
    <button class="plain-link" type="button" @click=${use}>${t("Use it instead")}</button>
    <button class="button ghost square" type="button" aria-label=${t("Leave it")} title=${t("Leave it: it stays in the thread")} @click=${leave}>${icon("close")}</button>
  </div>`;
}
