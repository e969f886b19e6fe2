/** Where something stands already, or is read and written at once. */
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { exportFile, freePath, importFile, writeFile } from "../../dbg/files.ts";
import { Store } from "../../dbg/model/mod.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOUR = fileURLToPath(new URL("tour.jsonl.gz", import.meta.url));

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const entries = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Runs a command of the debugger with something on its stdin. */
async function dbg(args: readonly string[], input: Uint8Array = new Uint8Array()) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "dbg/main.ts", ...args],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(input).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await written;
  return { code, out: stdout, err: new TextDecoder().decode(stderr) };
}

async function unzipped(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}

Deno.test("an export follows no link and takes no file that its own name is made of", async () => {
  const store = new Store();
  await importFile(store, TOUR);
  await inFolder(async (folder) => {
    const path = `${folder}/dump.jsonl.gz`, own = `${folder}/own.txt`;
    await Deno.writeTextFile(own, "precious");
    for (const name of [`${path}.part`, `${path}.tmp`]) await Deno.symlink(own, name);
    await Deno.mkdir(`${path}.1`);
    const before = entries(folder);
    await exportFile(store, path);
    assertEquals(await Deno.readTextFile(own), "precious");
    assertEquals(entries(folder), [...before, "dump.jsonl.gz"].sort());
    // Again, over what is there: it is replaced.
    await exportFile(store, path, [[...store.clients.keys()][0]]);
    const again = new Store();
    await importFile(again, path);
    assertEquals([again.clients.size, entries(folder).length], [1, before.length + 1]);
  });
});

Deno.test("a stream that breaks off leaves what was there, and nothing else", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/dump.jsonl.gz`;
    const broken = () =>
      ReadableStream.from((function* () {
        yield new Uint8Array(100_000);
        throw new Error("broken off");
      })());
    await assertRejects(() => writeFile(path, broken()), Error, "broken off");
    assertEquals(entries(folder), []);
    await Deno.writeTextFile(path, "old");
    await assertRejects(() => writeFile(path, broken()), Error, "broken off");
    assertEquals([entries(folder), await Deno.readTextFile(path)], [["dump.jsonl.gz"], "old"]);
    const nowhere = `${folder}/none/dump.jsonl.gz`;
    await assertRejects(() => writeFile(nowhere, ReadableStream.from([])), Deno.errors.NotFound);
  });
});

Deno.test("exports to one name at the same time: the file is one of them, as a whole", async () => {
  const store = new Store();
  await importFile(store, TOUR);
  await inFolder(async (folder) => {
    const path = `${folder}/dump.jsonl.gz`;
    await Promise.all(Array.from({ length: 8 }, () => exportFile(store, path)));
    assertEquals(entries(folder), ["dump.jsonl.gz"]);
    const again = new Store();
    await importFile(again, path);
    assertEquals(again.clients.size, store.clients.size);
  });
});

Deno.test("a name that nobody has is found, whatever stands in the way", async () => {
  await inFolder(async (folder) => {
    const free = async (name: string) =>
      (await freePath(`${folder}/${name}`)).slice(folder.length + 1);
    assertEquals(await free("a.jsonl.gz"), "a.jsonl.gz");
    await Deno.writeTextFile(`${folder}/a.jsonl.gz`, "");
    await Deno.mkdir(`${folder}/a-2.jsonl.gz`);
    await Deno.symlink(`${folder}/nowhere`, `${folder}/a-3.jsonl.gz`);
    assertEquals(await free("a.jsonl.gz"), "a-4.jsonl.gz");
    for (const name of ["plain", "b.gz", ".hidden", "c.d.jsonl"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
      const other = await free(name);
      assert(other !== name && !entries(folder).includes(other), other);
    }
  });
});

Deno.test("- is stdout and stdin, gzip and plain lines alike, and no file", async () => {
  const packed = await dbg(["export", "--import", TOUR, "-"]);
  assertEquals([packed.code, packed.err], [0, ""]);
  const lines = await unzipped(packed.out);
  assert(lines.startsWith('{"kind":"hello"') || lines.startsWith("{"), lines.slice(0, 50));
  const listed = await dbg(["list", "--json", "--import", TOUR]);
  const plain = new TextEncoder().encode(lines);
  for (const input of [packed.out, plain]) {
    const again = await dbg(["list", "--json", "--import", "-"], input);
    assertEquals([again.code, again.err], [0, ""]);
    assertEquals(again.out, listed.out);
  }
  assertEquals(entries(ROOT).includes("-"), false);
  const wrong = await dbg(["list", "--import", "-"], new TextEncoder().encode("nonsense\n"));
  assertEquals([wrong.code, wrong.err.trim().split("\n").length], [2, 1]);
});
