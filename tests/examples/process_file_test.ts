import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "@std/assert";

const program = fileURLToPath(new URL("../../examples/process_file.ts", import.meta.url));
const config = fileURLToPath(new URL("../../deno.json", import.meta.url));

function start(cwd: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", config, program, ...args],
    cwd,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function finish(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test("process_file compresses a file and prints its digest", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/in.txt`, "asyncmachine\n".repeat(1000));
  const { code, out } = await finish(start(folder, "in.txt"));
  assertEquals(code, 0);
  const bytes = await Deno.readFile(`${folder}/in.txt`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assertStringIncludes(out, "[state] +ProcessingFile +InProgress");
  assertStringIncludes(out, `sha256 ${digest}`);
  assertStringIncludes(out, "(FileProcessed:1)");
  const zipped = await Deno.open(`${folder}/in.txt.gz`);
  const unzipped = zipped.readable.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(unzipped).bytes(), bytes);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("process_file names what cannot be read, in one line and with exit code 2", async () => {
  const folder = await Deno.makeTempDir();
  const missing = await finish(start(folder, "missing.txt"));
  assertEquals([missing.code, missing.err], [
    2,
    'Cannot read "missing.txt": there is no such file or folder\n',
  ]);
  const directory = await finish(start(folder, "."));
  assertEquals([directory.code, directory.err], [2, 'Cannot read ".": it is a directory\n']);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("process_file says that no space is left", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeFile(`${folder}/in.bin`, crypto.getRandomValues(new Uint8Array(60_000)));
  const full = await finish(start(folder, "in.bin", "/dev/full"));
  assertEquals([full.code, full.err], [
    2,
    'Cannot write "/dev/full": no space is left on the device\n',
  ]);
  await Deno.remove(folder, { recursive: true });
});

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`process_file leaves no output after ${signal}`, async () => {
    const folder = await Deno.makeTempDir();
    const big = await Deno.open(`${folder}/big.bin`, { write: true, create: true });
    for (let i = 0; i < 200; i++) {
      for (let k = 0; k < 16; k++) await big.write(crypto.getRandomValues(new Uint8Array(65_536)));
    }
    big.close();
    await Deno.writeTextFile(`${folder}/big.bin.gz`, "an earlier result");
    const child = start(folder, "big.bin");
    const reader = child.stdout.getReader();
    await said(reader, "+ProcessingFile");
    child.kill(signal);
    while (!(await reader.read()).done);
    const { code } = await child.status;
    assertEquals(code, expected);
    assertEquals(await new Response(child.stderr).text(), "Canceled: nothing was written\n");
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals(left, ["big.bin", "big.bin.gz"]);
    assertEquals(await Deno.readTextFile(`${folder}/big.bin.gz`), "an earlier result");
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("process_file refuses to overwrite its input, and names the output when that is the trouble", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/in.txt`, "precious");
  await Deno.symlink("in.txt", `${folder}/in.txt.gz`);
  for (const output of ["in.txt", "in.txt.gz"]) {
    const { code, err } = await finish(start(folder, "in.txt", output));
    assertEquals([code, err], [2, `Cannot write "${output}": it is the input\n`]);
  }
  const nowhere = await finish(start(folder, "in.txt", "none/out.gz"));
  assertEquals([nowhere.code, nowhere.err], [
    2,
    'Cannot write "none/out.gz": there is no such file or folder\n',
  ]);
  assertEquals(await Deno.readTextFile(`${folder}/in.txt`), "precious");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("process_file ends when it is interrupted while a read is blocked", async () => {
  const folder = await Deno.makeTempDir();
  await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
  const child = start(folder, "pipe");
  const reader = child.stdout.getReader();
  await said(reader, "+ProcessingFile");
  child.kill("SIGINT");
  while (!(await reader.read()).done);
  assertEquals((await child.status).code, 130);
  await child.stderr.cancel();
  await Deno.remove(folder, { recursive: true });
});

/** Waits until a program has printed a word; fails when it ends before. */
async function said(reader: ReadableStreamDefaultReader<Uint8Array>, word: string): Promise<void> {
  let out = "";
  while (!out.includes(word)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The program ended without printing ${word}: ${out}`);
    out += new TextDecoder().decode(value);
  }
}
