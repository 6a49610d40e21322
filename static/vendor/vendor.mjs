// Rebuilds one vendored file from its manifest entry: node static/vendor/vendor.mjs lit
// Development only; the product ships the result and needs no Node.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const manifestPath = join(here, "manifest.json");
const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
const wanted = process.argv[2];
const entry = manifest.packages.find((item) => item.name === wanted);
if (!entry) throw new Error(`manifest.json names no package ${wanted}`);

const scratch = mkdtempSync(join(tmpdir(), "vendor-"));
const run = (command, ...args) => execFileSync(command, args, { cwd: scratch, stdio: "inherit" });
run("npm", "init", "-y");
const npmIds = [entry.package, ...entry.tools].map((id) => id.replace("npm:", ""));
run("npm", "install", "--no-audit", "--no-fund", ...npmIds);

const folder = join(here, `${entry.name}-${entry.version}`);
const sources = entry.sources ?? [];
for (const name of sources) copyFileSync(join(folder, name), join(scratch, name));
const [program, ...args] = entry.command.split(" ");
run(program, ...args);
copyFileSync(join(scratch, "node_modules", entry.name, "LICENSE"), join(folder, "LICENSE"));

for (const path of Object.keys(entry.sha256)) {
  const name = basename(path);
  const target = join(here, "..", path);
  if (!sources.includes(name) && name !== "LICENSE") copyFileSync(join(scratch, name), target);
  entry.sha256[path] = createHash("sha256").update(readFileSync(target)).digest("hex");
}
writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
