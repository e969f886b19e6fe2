/** Pages in a real Chromium: the programs of `pages/`, bundled, and what the console said. */
import { type Browser, chromium, type Page } from "playwright-core";

const here = new URL("./", import.meta.url);

const head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">`;

/** What bundlers set for React and Vue: development, whose warnings are what the tests are about. */
const settings = `globalThis.process = { env: { NODE_ENV: "development" } };
globalThis.__VUE_OPTIONS_API__ = true;
globalThis.__VUE_PROD_DEVTOOLS__ = false;
globalThis.__VUE_PROD_HYDRATION_MISMATCH_DETAILS__ = false;`;

/** Bundles a program of this folder with React of another version. */
export async function bundleWithReact(version: string, path: string): Promise<string> {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", here)));
  for (const [name, to] of Object.entries<string>(config.imports)) {
    const other = to.replace(/^npm:(react|react-dom)@.*/, `npm:$1@${version}`);
    config.imports[name] = other.startsWith(".") ? new URL(other, here).href : other;
  }
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
    return await bundle(path, ["--no-lock", "--config", `${folder}/deno.json`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A page that is open in the browser. */
export interface Tab {
  /** Runs one of its tests, and returns what that says. */
  run(name: string): Promise<unknown>;
  /** Warnings and errors of the console so far. */
  readonly said: readonly string[];
  /** The page. */
  readonly page: Page;
}

/** Bundles a program of this folder for browsers. */
export async function bundle(path: string, flags: readonly string[] = []): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", ...flags, "--platform", "browser", "--format", "esm", path],
    cwd: here,
  }).output();
  if (!success) throw new Error(`deno bundle ${path}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--js-flags=--expose-gc",
    ],
  });
}

/** A browser, in which pages are opened. */
export interface Chromium {
  /** Opens a page, and keeps the warnings and errors of its console. */
  open(url: string): Promise<{ page: Page; said: string[] }>;
}

/** Starts the browser, and closes it after `fn`. */
export async function withBrowser(fn: (chromium: Chromium) => Promise<void>): Promise<void> {
  const browser = await launch();
  try {
    await fn({
      async open(url) {
        const page = await browser.newPage();
        page.setDefaultTimeout(60_000);
        const said: string[] = [];
        page.on("pageerror", (error) => said.push(String(error)));
        page.on("console", (message) => {
          if (["warning", "error"].includes(message.type())) said.push(message.text());
        });
        await page.goto(url);
        return { page, said };
      },
    });
  } finally {
    await browser.close();
  }
}

/** Opens a program as a page, and closes everything after `fn`. */
export async function withPage(code: string, fn: (tab: Tab) => Promise<void>): Promise<void> {
  const html = `${head}<script>${settings}</script>
<script type="module" src="/page.js"></script>`;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const script = new URL(request.url).pathname === "/page.js";
      return new Response(script ? code : html, {
        headers: { "content-type": script ? "text/javascript" : "text/html" },
      });
    },
  );
  await withBrowser(async ({ open }) => {
    const { page, said } = await open(`http://127.0.0.1:${server.addr.port}/`);
    await page.waitForFunction("globalThis.run !== undefined");
    await fn({ page, said, run: (name) => page.evaluate(`run(${JSON.stringify(name)})`) });
  });
}
