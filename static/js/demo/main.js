/** Starts the tour from the settings in the page. */
import { Tour } from "#demo/tour.js";
import "#demo/elements/tour-page.js";

const inlined = (/** @type {string} */ id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const tour = new Tour(inlined("settings"));
const page = /** @type {any} */ (document.createElement("tour-page"));
page.tour = tour;
page.isInside = inlined("is-inside") === true;
document.getElementById("tour")?.replaceChildren(page);
tour.start();
