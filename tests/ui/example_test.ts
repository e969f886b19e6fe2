import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { withBrowser } from "./browser.ts";

const source = new URL("../../examples/ui/", import.meta.url);

async function run(cwd: string, program: string, ...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, { cwd, args }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${program} ${args}: ${text.decode(stdout)}${text.decode(stderr)}`);
}

/** Starts Vite on a free port, and returns the page's address. */
async function vite(cwd: string, ...args: string[]): Promise<AsyncDisposable & { url: string }> {
  const child = new Deno.Command("node", {
    cwd,
    args: ["node_modules/vite/bin/vite.js", ...args, "--host", "127.0.0.1", "--port", "0"],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let url: string | undefined;
  for (let said = ""; url === undefined;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`vite ${args} has ended: ${said}`);
    said += value;
    url = said.match(/http:\/\/127\.0\.0\.1:\d+\//)?.[0];
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill();
      await reader.cancel();
      await child.status;
    },
  };
}

const file = (name: string, megabytes: number) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.alloc(megabytes * 1024 * 1024),
});

/** Chooses files, cancels, retries, and sees what fails; pictures go to `SCREENSHOTS`. */
async function upload(page: Page, name: string): Promise<void> {
  const picture = async (what: string) => {
    const folder = Deno.env.get("SCREENSHOTS");
    if (folder) await page.screenshot({ path: `${folder}/${name}_${what}.png` });
  };
  const row = (name: string) => page.locator("li", { hasText: name });
  const status = (name: string) => row(name).getByRole("status");
  await picture("empty");
  await page.locator("input").setInputFiles([
    file("holiday.jpg", 4),
    file("thesis.pdf", 14),
    file("flaky.zip", 6),
    file("film.mkv", 17),
  ]);
  await status("thesis.pdf").filter({ hasText: /uploading [1-9]\d? %/ }).waitFor();
  await picture("progress");
  await row("thesis.pdf").getByRole("button", { name: "Cancel" }).click();
  await status("thesis.pdf").filter({ hasText: "canceled" }).waitFor();
  await status("holiday.jpg").filter({ hasText: "uploaded" }).waitFor();
  await status("flaky.zip").filter({ hasText: "failed" }).waitFor();
  await status("film.mkv").filter({ hasText: "failed" }).waitFor();
  assertMatch(await row("film.mkv").getByRole("alert").innerText(), /\S/);
  assertEquals(
    await row("flaky.zip").getByRole("alert").innerText(),
    "The server says 503: try again",
  );
  await picture("ended");
  for (const name of ["thesis.pdf", "flaky.zip"]) {
    await row(name).getByRole("button", { name: "Retry" }).click();
  }
  for (const name of ["holiday.jpg", "thesis.pdf", "flaky.zip"]) {
    await status(name).filter({ hasText: "uploaded" }).waitFor();
    assertEquals(await row(name).getByRole("alert").count(), 0);
  }
  assertEquals(await row("thesis.pdf").getByRole("button").count(), 0);
  await picture("retried");
}

Deno.test("the example uploads, cancels, retries and fails, built and in development", async (t) => {
  // Beside the original, whose paths lead to the sources.
  const folder = await Deno.makeTempDir({
    dir: fileURLToPath(new URL("../", source)),
    prefix: "ui_",
  });
  try {
    await run(folder, "cp", "-r", ...files(source), ".");
    await run(folder, "npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefer-offline");
    await withBrowser(async ({ open }) => {
      await t.step("built", async () => {
        await run(folder, "node", "node_modules/vite/bin/vite.js", "build");
        await using server = await vite(folder, "preview");
        const { page, said } = await open(server.url);
        await upload(page, "built");
        // What the server refuses is told by the browser too.
        assertEquals(said.filter((line) => !/status of (413|503)|ERR_|refused/.test(line)), []);
      });
      await t.step("in development, and a hot reload keeps the upload", async () => {
        await using server = await vite(folder);
        const { page, said } = await open(server.url);
        await upload(page, "development");
        await page.locator("input").setInputFiles([file("kept.bin", 15)]);
        const kept = page.locator("li", { hasText: "kept.bin" }).getByRole("status");
        await kept.filter({ hasText: /uploading [1-9]\d? %/ }).waitFor();
        const component = `${folder}/src/Upload.tsx`;
        const text = await Deno.readTextFile(component);
        await Deno.writeTextFile(component, text.replace(`"uploading"`, `"on its way"`));
        await kept.filter({ hasText: /on its way/ }).waitFor();
        assertMatch(await kept.innerText(), /on its way [1-9]\d? %|uploaded/);
        await kept.filter({ hasText: "uploaded" }).waitFor();
        assertEquals(said.filter((line) => !/status of (413|503)|ERR_|refused/.test(line)), []);
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The paths of the example's own files. */
function files(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) =>
    !["node_modules", "dist"].includes(name)
  )
    .map(({ name }) => fileURLToPath(new URL(name, folder)));
}
