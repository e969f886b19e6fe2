import { assertEquals } from "@std/assert";
import { chromium } from "playwright-core";

/** The founding example; its last line is what it found. */
const EXAMPLE = `
const machine = new Machine({
  ProcessingFile: { add: ["InProgress"], remove: ["FileProcessed"] },
  FileProcessed: { remove: ["ProcessingFile", "InProgress"] },
  InProgress: {},
});
machine.bindHandlers({
  ProcessingFileEnter: () => true,
  async ProcessingFileState(e) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!e.signal.aborted) e.add("FileProcessed");
  },
});
machine.add("ProcessingFile");
await machine.when("FileProcessed", { timeout: 5000 });
const found = machine.toStringAll();
`;
const EXPECTED = "(FileProcessed:1)[ProcessingFile:2 InProgress:2 Exception:0]";

async function bundle(folder: string): Promise<string> {
  const path = `${folder}/asyncmachine.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--minify",
      "-o",
      path,
      new URL("../mod.ts", import.meta.url).pathname,
    ],
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
  return path;
}

Deno.test("the bundled library runs in Node", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.rename(await bundle(folder), `${folder}/asyncmachine.mjs`);
  await Deno.writeTextFile(
    `${folder}/main.mjs`,
    `import { Machine } from "./asyncmachine.mjs";\n${EXAMPLE}\nconsole.log(found);`,
  );
  const { stdout, stderr } = await new Deno.Command("node", { args: [`${folder}/main.mjs`] })
    .output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(new TextDecoder().decode(stdout), `${EXPECTED}\n`);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the bundled library runs in Chromium", async () => {
  const folder = await Deno.makeTempDir();
  const code = await Deno.readTextFile(await bundle(folder));
  const page = `<script type="module">
import { Machine } from "/asyncmachine.js";
${EXAMPLE}
document.title = found;
</script>`;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const script = new URL(request.url).pathname === "/asyncmachine.js";
      return new Response(script ? code : page, {
        headers: { "content-type": script ? "text/javascript" : "text/html" },
      });
    },
  );
  const browser = await chromium.launch({
    executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const tab = await browser.newPage();
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(String(error)));
    await tab.goto(`http://127.0.0.1:${server.addr.port}/`);
    await tab.waitForFunction(`document.title !== ""`, undefined, { timeout: 20_000 });
    assertEquals([await tab.title(), errors], [EXPECTED, []]);
  } finally {
    await browser.close();
  }
  await Deno.remove(folder, { recursive: true });
});
