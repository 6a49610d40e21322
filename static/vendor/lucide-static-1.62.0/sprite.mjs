// Joins the icons named in icons.json (our word -> Lucide's) into one sprite.
import { readFileSync, writeFileSync } from "node:fs";

const icons = JSON.parse(readFileSync("icons.json", "utf8"));
const symbols = Object.entries(icons).map(([name, source]) => {
  const svg = readFileSync(`node_modules/lucide-static/icons/${source}.svg`, "utf8");
  const shapes = svg.replace(/<!--.*?-->/s, "").replace(/^\s*<svg[^>]*>/s, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
});
const licence = "<!-- Lucide, ISC: see vendor/lucide-static-1.62.0/LICENSE -->";
writeFileSync("icons.svg", `${licence}\n<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
