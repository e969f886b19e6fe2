/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { exportStream, importStream } from "../../dbg/files.ts";
import { Store } from "../../dbg/model/mod.ts";
import { Machine } from "../../mod.ts";
import { connectDebugger } from "../../telemetry/mod.ts";
import { CHAIN, FAILURE, playChain } from "../dbg/chain.ts";
import { type Opened, withPage } from "./with_page.ts";

/** The five machines, of which the last one fails, have sent all of it. */
async function chained(store: Store, socket: string): Promise<void> {
  const connections: { close(): void }[] = [];
  using _machines = await playChain((machine) => {
    connections.push(connectDebugger(machine, { url: socket, args: true }));
  });
  for (const key of CHAIN) {
    while ((store.clients.get(key)?.end ?? 0) === 0 || !store.clients.get("api")?.errors) {
      await new Promise((next) => setTimeout(next, 20));
    }
  }
  for (const one of connections) one.close();
}

const title = (page: Page) => page.innerText("#side .why-title");

/** Goes back from the error to its first cause, one key per step; gives the machines on the way. */
async function walkBack(page: Page): Promise<string[]> {
  const way: string[] = [];
  for (let i = 0; i < 20; i++) {
    const now = await title(page);
    way.push(now.split(" ")[0]);
    if (await page.locator("#side .why-line .text >> nth=0").innerText() === FIRST) return way;
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      (before) => document.querySelector("#side .why-title")!.textContent !== before,
      now,
    );
  }
  return way;
}

const FIRST = "code outside of all handlers";
/** The error's own machine twice: what failed, and the error that it added. */
const WAY = ["api", "api", "gateway", "peer", "network", "clock"];

/** From the errors to the first cause, by keys alone. */
async function traced({ page, url }: Pick<Opened, "page" | "url">): Promise<void> {
  await page.goto(url);
  await page.waitForSelector("#machines .row:has-text('clock')");
  await page.keyboard.press("e");
  await page.waitForSelector(`#main .row:has-text("${FAILURE}")`);
  await page.waitForFunction(() =>
    document.activeElement?.closest("#main") !== null && document.activeElement !== document.body
  );
  await page.keyboard.press("Enter");
  await page.waitForSelector(`#side .why-line.error:has-text("${FAILURE}")`);
  await page.focus("#side .scroll");
  const way = await walkBack(page);
  assertEquals([...new Set(way)], [...new Set(WAY)]);
  // And back again, as a browser does.
  const first = await title(page);
  for (let i = 0; i < way.length - 1; i++) {
    const now = await title(page);
    await page.keyboard.press("[");
    await page.waitForFunction(
      (before) => document.querySelector("#side .why-title")!.textContent !== before,
      now,
    );
  }
  assert((await title(page)).startsWith("api"));
  for (let i = 0; i < way.length - 1; i++) {
    const now = await title(page);
    await page.keyboard.press("]");
    await page.waitForFunction(
      (before) => document.querySelector("#side .why-title")!.textContent !== before,
      now,
    );
  }
  assertEquals(await title(page), first);
}

Deno.test("An error is walked back over five machines to its first cause, by one key per step", async () => {
  await withPage({}, async (opened) => {
    await chained(opened.store, opened.socket);
    await traced(opened);
  });
});

Deno.test("An error is walked back to its first cause when its machines arrived in any order", async () => {
  await withPage({}, async ({ page, url, restart, store, socket }) => {
    await chained(store, socket);
    const text = await new Response(
      exportStream(store).pipeThrough(new DecompressionStream("gzip")),
    ).text();
    const lines = text.trimEnd().split("\n");
    const machines = CHAIN.map((_, i) => lines.filter((one) => JSON.parse(one).machine === i));
    const mixed = new Store();
    for (const i of [4, 2, 0, 3, 1]) {
      const bytes = new Response(machines[i].join("\n")).body!;
      await importStream(mixed, bytes, "lines");
    }
    await restart(mixed);
    await traced({ page, url });
  });
});

Deno.test("Why shows arguments as a tree, who refused it and what made it so; a press leads there", async () => {
  await withPage({}, async ({ page, url, store, socket }) => {
    await chained(store, socket);
    await page.goto(`${url}#machine=peer`);
    await page.waitForSelector('#machines .selected[data-machine="peer"]');
    await page.keyboard.press("w");
    await page.waitForSelector("#side .why-line");
    // The mutation that was refused.
    await page.keyboard.press("Home");
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press("ArrowRight");
      await page.waitForSelector(`#position:text-matches("^${i + 1} /")`);
      if (await page.locator("#side .why-title:has-text('Connected · canceled')").count()) break;
    }
    await page.waitForSelector("#side .why-line.warning:has-text('Online')");
    const since = page.locator("#side .why-line:has-text('Maintenance')").last();
    await since.click();
    await page.waitForSelector("#side .why-title:has-text('add Maintenance')");
    // An argument with parts.
    await page.goto(`${url}#machine=peer`);
    await page.click("#main button:has-text('Errors')");
    await page.fill("#search", "");
    await page.click("#main button:text-is('Log')");
    await page.fill("#search", "10.0.0.9");
    await page.click("#main .row:has-text('argument')");
    const fold = page.locator("#side .why-line:has-text('address')").first();
    await fold.click();
    await page.waitForSelector("#side .why-line:has-text('port')");
    assertEquals(await page.locator("#side .why-line .text:has-text('4001')").count() > 0, true);
  });
});

Deno.test("Time shows how long states were active; a press on a bar goes to its begin", async () => {
  await withPage({}, async ({ page, url, store, socket }) => {
    await chained(store, socket);
    await page.goto(`${url}#machine=clock`);
    await page.waitForSelector('#machines .selected[data-machine="clock"]');
    await page.keyboard.press("i");
    await page.waitForSelector("#main .time-row:has-text('Waiting')");
    const track = page.locator("#main .time-row:has-text('Due') .track");
    // So much time that it is short: the bar is drawn wider than it is long, and is pressed beside its end.
    const span = () => page.innerText("#main .axis .track >> css=span >> nth=1");
    for (let i = 0; i < 6; i++) {
      const before = await span();
      await page.keyboard.press("-");
      await page.waitForFunction(
        (before) => document.querySelectorAll("#main .axis .track span")[1].textContent !== before,
        before,
      );
    }
    const style = await track.getAttribute("style") ?? "";
    const [, end] = style.match(/var\(--active\) [\d.]+% ([\d.]+)%/)!;
    const { width, height } = (await track.boundingBox())!;
    await track.click({ position: { x: width * Number(end) / 100 + 2, y: height / 2 } });
    await page.waitForSelector("#current .head:text-is('Paused')");
    await page.waitForSelector("#current .title:has-text('add: Due')");
    const axis = await page.innerText("#main .axis");
    await page.keyboard.press("+");
    await page.waitForFunction(
      (before) => document.querySelector<HTMLElement>("#main .axis")!.innerText !== before,
      axis,
    );
    // View and side are as before after a reload.
    await page.keyboard.press("w");
    await page.waitForSelector("#side .why-line");
    await page.waitForURL(/tx=/);
    await page.reload();
    await page.waitForSelector("#main .time-row:has-text('Waiting')");
    await page.waitForSelector("#side .why-line");
    await page.click("#main button:text-is('machines')");
    await page.waitForSelector("#main .tools h2:has-text('of all machines')");
    await page.keyboard.press("i");
    await page.waitForSelector("#main h2:text-is('Log')");
  });
});

Deno.test("New errors are said politely, how many at once, and those that were there are not", async () => {
  await withPage({}, async ({ page, url, store, socket }) => {
    await chained(store, socket);
    await page.goto(url);
    await page.waitForSelector("#main button:has-text('Errors 1')");
    const said = () => page.innerText("body > .quiet[role=status]");
    assertEquals(await said(), "");
    const machine = new Machine({ A: {} }, { id: "late", printErrors: false });
    const connection = connectDebugger(machine, { url: socket });
    for (let i = 0; i < 3; i++) {
      machine.addErr(new Error(`late ${i}`));
      machine.remove("Exception");
    }
    await page.waitForSelector("body > .quiet:has-text('4 in all')", { state: "attached" });
    connection.close();
  });
});
