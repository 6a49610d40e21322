import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused, Unreachable } from "#inbox/api.js";
import { memoryStorage } from "#inbox/browser-storage.js";
import { Drafts } from "#inbox/drafts.js";
import { freeName, marked, megabytes, objection, objections, unmarked } from "#inbox/file-rules.js";
import { Uploads } from "#inbox/uploads.js";

const MB = 1024 * 1024;
const WHATSAPP = {
  max_total_bytes: 100 * MB,
  max_count: 2,
  is_one_by_one: true,
  kinds: [
    { what: "pictures", types: ["image/png"], max_bytes: 5 * MB },
    { what: "PDF", types: ["application/pdf"], max_bytes: 100 * MB },
  ],
};
const MAIL = { max_total_bytes: 20 * MB, max_count: 30, is_one_by_one: false, kinds: [] };
const file = (name, size = 3, type = "image/png") => ({ name, size, type });
const facts = (name, size = 3, content_type = "image/png") => ({ name, size, content_type });

/** Uploads whose server answers when told to. */
function desk({ storage = memoryStorage(), unsent = [] } = {}) {
  const drafts = new Drafts(storage, (run) => run());
  const calls = [];
  const forgotten = [];
  const uploads = new Uploads({
    drafts,
    upload: (conversation, _sent, name, onProgress, signal) =>
      new Promise((resolve, reject) => calls.push({ conversation, name, onProgress, signal, resolve, reject })),
    forget: (id) => forgotten.push(id),
    unsent: async () => ({ results: unsent }),
    copy: async (conversation, id) => {
      if (id === 404) throw new Refused(400, {});
      return { ...row(id + 100, "copy.png"), conversation };
    },
    onChange: () => {},
  });
  return { uploads, calls, forgotten, drafts };
}
const row = (id, name, fields = {}) => ({
  id,
  name,
  content_type: "image/png",
  size: 3,
  url: `/inbox/attachments/${id}/`,
  ...fields,
});
const settle = () => new Promise((resolve) => setTimeout(resolve));

test("a file is uploaded with progress and given to one message alone", async () => {
  const { uploads, calls } = desk();
  const [item] = uploads.add(5, "reply", [file("a.png")]);
  uploads.start(5, "reply", item.key);
  calls[0].onProgress(0.5);
  assert.deepEqual(
    uploads.of(5, "reply").map((one) => [one.state, one.progress]),
    [["uploading", 0.5]],
  );
  calls[0].resolve(row(7, "a.png"));
  await settle();
  assert.equal(uploads.of(5, "reply")[0].state, "ready");
  assert.deepEqual(uploads.of(5, "note"), []);
  assert.deepEqual(
    uploads.take(5, "reply").map((one) => one.id),
    [7],
  );
  assert.deepEqual(uploads.take(5, "reply"), []);
});

test("without a connection it waits and goes on by itself; a refusal waits for the agent", async () => {
  const { uploads, calls } = desk();
  const [one, two] = uploads.add(5, "reply", [file("a.png"), file("b.png")]);
  for (const item of [one, two]) uploads.start(5, "reply", item.key);
  calls[0].reject(new Unreachable(""));
  calls[1].reject(new Refused(400, { detail: "x", fields: { file: ["b.png: a file may have up to 2 MB."] } }));
  await settle();
  assert.deepEqual(
    uploads.of(5, "reply").map((item) => [item.state, item.error]),
    [
      ["waiting", "No connection. It goes on by itself."],
      ["failed", "a file may have up to 2 MB."],
    ],
  );
  uploads.resume();
  assert.equal(calls.length, 3);
  calls[2].resolve(row(8, "a.png"));
  await settle();
  assert.deepEqual(
    uploads.of(5, "reply").map((item) => item.state),
    ["ready", "failed"],
  );
});

test("what is removed stops, and is forgotten on the server", async () => {
  const { uploads, calls, forgotten } = desk();
  const [one, two] = uploads.add(5, "reply", [file("a.png"), file("b.png")]);
  uploads.start(5, "reply", one.key);
  uploads.start(5, "reply", two.key);
  uploads.remove(5, "reply", one.key);
  assert.equal(calls[0].signal.aborted, true);
  calls[0].reject(new DOMException("", "AbortError"));
  calls[1].resolve(row(8, "b.png"));
  await settle();
  uploads.remove(5, "reply", two.key);
  assert.deepEqual([uploads.of(5, "reply"), forgotten], [[], [8]]);
});

test("files survive a reload as far as the server still has them", async () => {
  const storage = memoryStorage();
  const before = desk({ storage });
  before.uploads.put(5, "reply", [row(7, "a.png"), row(8, "gone.png")]);
  await before.drafts.flush();
  assert.deepEqual([...(await before.drafts.conversations())], [5]);
  const { uploads } = desk({ storage, unsent: [row(7, "a.png"), row(9, "of another draft.png")] });
  await uploads.restore(5, "reply");
  await uploads.restore(5, "reply");
  assert.deepEqual(
    uploads.of(5, "reply").map((item) => [item.name, item.state]),
    [
      ["a.png", "ready"],
      ["gone.png", "failed"],
    ],
  );
  assert.deepEqual(
    uploads.take(5, "reply").map((one) => one.id),
    [7],
  );
});

test("files of a message are copied for another one", async () => {
  const { uploads } = desk();
  await uploads.copy(5, "reply", [row(1, "a.png"), row(404, "lost.png")]);
  assert.deepEqual(
    uploads.of(5, "reply").map((item) => [item.id, item.state]),
    [
      [101, "ready"],
      [0, "failed"],
    ],
  );
});

test("no two files have one name, and no name has the brackets of a mark", () => {
  const { uploads } = desk();
  const added = uploads.add(5, "reply", [file("image.png"), file("image.png"), file("a[1].png")]);
  assert.deepEqual(
    added.map((item) => item.name),
    ["image.png", "image-2.png", "a(1).png"],
  );
  assert.equal(freeName("LICENSE", ["LICENSE"]), "LICENSE-2");
});

test("what a channel does not take is said as the server says it", () => {
  assert.equal(
    objection(facts("a.png", 8 * MB), WHATSAPP, "WhatsApp"),
    "WhatsApp takes pictures up to 5 MB; this one has 8 MB.",
  );
  assert.equal(
    objection(facts("a.svg", 8, "image/svg+xml"), WHATSAPP, "WhatsApp"),
    "WhatsApp does not take this type of file. It takes pictures and PDF.",
  );
  assert.equal(objection(facts("a.zip", 20 * MB, "application/zip"), MAIL, "Email"), "");
  assert.match(objection(facts("a.zip", 20 * MB + 1, "application/zip"), MAIL, "Email"), /up to 20 MB; .* 20\.1 MB/);
  assert.equal(objection(facts("a", 0), MAIL, "Email"), "The file is empty.");
  const two = [facts("a.png", 15 * MB), facts("b.png", 15 * MB)];
  assert.equal(objections([facts("a.png", 25 * MB), facts("b.png")], MAIL, "Email"), "");
  assert.equal(objections(two, MAIL, "Email"), "Email takes files of 20 MB together; these have 30 MB.");
  assert.equal(objections(two, WHATSAPP, "WhatsApp"), "");
  assert.equal(objections([...two, facts("c")], WHATSAPP, "WhatsApp"), "WhatsApp takes at most 2 files at once.");
  assert.equal(objections(two, null, "Phone"), "Phone carries no files. Not sent would be: a.png and b.png.");
  assert.equal(objections([], null, "Phone"), "");
  assert.deepEqual([megabytes(2_000), megabytes(5 * MB + 1, { isUp: true })], ["1 kB", "5.1 MB"]);
});

test("a picture's mark stands on a line of its own where one was writing", () => {
  assert.deepEqual(marked("ab", 1, "x.png"), { text: "a\n[image: x.png]\nb", at: 17 });
  assert.deepEqual(marked("", 0, "x.png"), { text: "[image: x.png]\n", at: 15 });
  assert.deepEqual(marked("a\n\nb", 2, "x.png"), { text: "a\n[image: x.png]\nb", at: 17 });
  assert.equal(unmarked("a\n[image: x.png]\nb", "x.png"), "a\nb");
  assert.equal(unmarked("a [image: y.png]", "x.png"), "a [image: y.png]");
});
