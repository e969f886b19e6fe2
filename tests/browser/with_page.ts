import { assertEquals } from "@std/assert";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { importFile } from "../../dbg/files.ts";
import { Store } from "../../dbg/model/mod.ts";
import { pageHandler } from "../../dbg/page/mod.ts";
import { startServer } from "../../dbg/server.ts";

/** A debugger, and a browser that can look at its page. */
export interface Opened {
  readonly page: Page;
  /** Opens another page of the same browser. */
  another(options?: BrowserContextOptions): Promise<Page>;
  readonly store: Store;
  /** The page's address. */
  readonly url: string;
  /** Where machines connect to. */
  readonly socket: string;
  /** What went wrong on the page. */
  readonly errors: readonly string[];
  /** Ends the debugger as a crash would, and starts another at the same address. */
  restart(store: Store, token?: string): Promise<void>;
}

/** How to open it. */
export interface Options {
  readonly store?: Store;
  readonly token?: string;
  /** Starts with the recorded tour of two machines. */
  readonly tour?: boolean;
  readonly width?: number;
}

/** A store with the recorded tour of two machines, `server` and `client`. */
export async function tour(): Promise<Store> {
  const store = new Store();
  await importFile(store, `${import.meta.dirname}/../dbg/tour.jsonl.gz`);
  return store;
}

/** All tests of a file share one browser, each with contexts of its own. */
let started: Promise<Browser> | undefined;

Deno.test.afterAll(async () => await (await started)?.close());

/** The installed Chromium. */
export function browser(): Promise<Browser> {
  // Its first word can be lost where several are started at once.
  return started ??= launch().catch(launch);
}

function launch(): Promise<Browser> {
  return chromium.launch({
    timeout: 30_000,
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
}

/** Runs a test with a debugger and a page in a real browser; errors of the page fail it. */
export async function withPage(
  options: Options,
  test: (opened: Opened) => Promise<void>,
): Promise<void> {
  const { token } = options;
  const store = options.store ?? (options.tour ? await tour() : new Store());
  let server = startServer(store, { port: 0, page: pageHandler(store), token });
  const chrome = await browser();
  const errors: string[] = [];
  const contexts: BrowserContext[] = [];
  const another = async (more: BrowserContextOptions = {}) => {
    const viewport = { width: options.width ?? 1280, height: 800 };
    const context = await chrome.newContext({ viewport, ...more });
    contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (said) => {
      // The browser's own words about a lost connection or an answer other than 200 are no fault.
      const own = /WebSocket connection|Failed to load resource/.test(said.text());
      if (said.type() === "error" && !own) errors.push(said.text());
    });
    return page;
  };
  try {
    const page = await another();
    await test({
      page,
      another,
      store,
      url: `http://${server.address}/`,
      socket: `ws://${server.address}`,
      errors,
      async restart(next, other = token) {
        const { address } = server;
        await server.close();
        const port = Number(address.split(":").at(-1));
        server = startServer(next, { port, page: pageHandler(next), token: other });
      },
    });
    assertEquals(errors, []);
  } finally {
    await Promise.all(contexts.map((one) => one.close()));
    await server.close();
  }
}

/** Waits for a place on the timeline. */
export async function position(page: Page, wanted: string): Promise<void> {
  await page.waitForSelector(`#position:text-is("${wanted}")`);
}

/** Takes a picture into the folder `SCREENSHOTS`, if there is one. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = Deno.env.get("SCREENSHOTS");
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}
