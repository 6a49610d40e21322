import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const ROOT = new URL("../../", import.meta.url).pathname;
const KIB = 1024;
const read = (path) => readFileSync(join(ROOT, path), "utf8");
const gzipped = (text) => gzipSync(text, { level: 9 }).length;
const SETTINGS = {
  key: "wk_3f9a1c77e2b04d5a",
  origin: "https://help.company.example",
  name: "Company & Sons",
  color: "#1f6f5c",
  position: "right",
  locale: "en",
  texts: {},
};

/** Every module the browser fetches for this one, by static imports. */
function graph(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const [, target] of read(path).matchAll(/^(?:import|export)\s(?:[^"]*?from\s)?"(\.[^"]+)";$/gm)) {
    graph(normalize(join(dirname(path), target)), found);
  }
  return found;
}

const modules = [...graph("static/js/widget/app.js")];
const own = modules.filter((path) => !path.includes("/vendor/"));

test("the loader weighs at most 5 KiB", () => {
  const loader = read("templates/widget/loader.js").replace("{{ settings|safe }}", JSON.stringify(SETTINGS));
  assert.ok(!/\{\{|\{%|\{#/.test(loader), "nothing else in it looks like a template tag");
  assert.ok(gzipped(loader) <= 5 * KIB, `${gzipped(loader)} bytes`);
});

test("the first open weighs at most 30 KiB of script and 6 KiB of style", () => {
  const script = [...modules, "static/js/widget/locale/en.js"].reduce((sum, path) => sum + gzipped(read(path)), 0);
  assert.ok(script <= 30 * KIB, `${script} bytes`);
  assert.ok(gzipped(read("static/widget/frame.css")) <= 6 * KIB);
});

test("the page preloads exactly the modules it needs", () => {
  const named = [...read("templates/widget/frame.html").matchAll(/\{% static '([^']+\.js)' %\}/g)].map(
    ([, path]) => `static/${path}`,
  );
  assert.deepEqual(named.sort(), modules.sort());
});

test("the frame needs no inline style and no eval", () => {
  for (const path of own) assert.ok(!/\sstyle="|innerHTML|unsafeHTML|new Function|\beval\(/.test(read(path)), path);
  assert.ok(!/\sstyle="|<style|innerHTML|\beval\(/.test(read("templates/widget/loader.js")));
  assert.ok(!/\sstyle=|<style|\son\w+=/.test(read("templates/widget/frame.html")));
});

test("messages between page and frame always name their target", () => {
  for (const path of [...modules, "templates/widget/loader.js"])
    assert.ok(!/postMessage\([^;]*["']\*["']/.test(read(path)), path);
});

test("catalogues have the same words and weigh at most 2 KiB", async () => {
  const names = readdirSync(join(ROOT, "static/js/widget/locale"));
  const english = (await import("#widget/locale/en.js")).default;
  for (const name of names) {
    const catalogue = (await import(`#widget/locale/${name}`)).default;
    assert.deepEqual(Object.keys(catalogue).sort(), Object.keys(english).sort(), name);
    assert.ok(Buffer.byteLength(read(`static/js/widget/locale/${name}`)) <= 2 * KIB, name);
    for (const [key, words] of Object.entries(english)) {
      assert.deepEqual(catalogue[key].match(/\{\w+\}/g), words.match(/\{\w+\}/g), `${name}: ${key}`);
    }
  }
});

test("every word shown is in the catalogue", () => {
  const english = read("static/js/widget/locale/en.js");
  const lazy = ["code-card", "contact-card"]
    .map((name) => `static/js/widget/elements/${name}.js`)
    .filter((path) => existsSync(join(ROOT, path)));
  for (const path of [...modules, ...lazy]) {
    for (const [, name] of read(path).matchAll(/\btext\("(\w+)"/g))
      assert.match(english, new RegExp(`^  ${name}:`, "m"), `${path}: ${name}`);
  }
});
