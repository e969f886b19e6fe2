/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { Machine } from "../../mod.ts";
import { connectDebugger } from "../../telemetry/mod.ts";
import { type Opened, withPage } from "./with_page.ts";

/** Transitions per round at most: the browser needs the rest of a small machine. */
const ROUND = 25;

/** Machines of which each, or as many as a round has, sends every 20 ms; `silent`: none does. */
export function sending({ socket }: Opened, count: number, silent = false): Disposable {
  const all = Array.from({ length: count }, (_, i) => {
    const machine = new Machine({ Alpha: {}, Beta: {} }, { id: `m${i}x` });
    return { machine, connection: connectDebugger(machine, { url: socket }) };
  });
  let next = 0;
  // A past, so that the timeline has places to go to.
  for (let i = 0; i < 60; i++) for (const { machine } of all) machine.toggle("Alpha");
  const timer = setInterval(() => {
    if (silent) return;
    for (let i = 0; i < Math.min(count, ROUND); i++) all[next++ % count].machine.toggle("Alpha");
  }, 20);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      for (const { connection } of all) connection.close();
    },
  };
}

/** Opens the page, and selects the first of its machines. */
export async function ready(page: Page, url: string, count: number): Promise<void> {
  await page.goto(url);
  await page.waitForSelector(`#machines h2:text-is("Machines: ${count}")`);
  await page.click("#machines .row >> nth=0");
  await page.waitForSelector("#machines .row.selected");
}

/** Presses as a person does: moves there, holds, lets go. */
export async function press(page: Page, x: number, y: number, held: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.waitForTimeout(held);
  await page.mouse.up();
}

/** How long the i-th press is held, in milliseconds: 60 to 120. */
export const holding = (i: number) => 60 + (i * 17) % 61;

/** Whether something becomes true on the page; its policy lets nothing evaluate text in there. */
export async function becomes(page: Page, condition: string, limit = 10_000): Promise<boolean> {
  for (const end = Date.now() + limit; Date.now() < end; await page.waitForTimeout(20)) {
    if (await page.evaluate(condition)) return true;
  }
  return false;
}

/** The middles of some of the elements that are in sight within their panel. */
export async function places(
  page: Page,
  selector: string,
): Promise<{ x: number; y: number; key: string }[]> {
  return await page.$$eval(selector, (all) =>
    all.flatMap((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      const panel = (one.closest(".scroll") ?? document.body).getBoundingClientRect();
      const seen = y >= panel.top && y + height <= panel.bottom;
      const { machine, filter, tx } = (one as HTMLElement).dataset;
      return seen ? [{ x: x + width / 3, y: y + height / 2, key: machine ?? filter ?? tx! }] : [];
    }));
}

const PRESSES = 50;

/** Presses on machines that were not taken. */
async function onMachines(page: Page): Promise<string[]> {
  const missed: string[] = [];
  for (let i = 0; i < PRESSES; i++) {
    const rows = await places(page, "#machines .row");
    const { x, y, key } = rows[(i * 7 + 3) % rows.length];
    await press(page, x, y, holding(i));
    const selected = `document.querySelector("#machines .selected")?.dataset.machine`;
    if (await becomes(page, `${selected} === "${key}"`)) continue;
    missed.push(`machine ${i}: ${await page.evaluate(selected)} instead of ${key}`);
  }
  return missed;
}

/** Presses on filters that were not taken. */
async function onFilters(page: Page): Promise<string[]> {
  const missed: string[] = [];
  const filters = (await places(page, "#filters button")).slice(0, 4);
  for (let i = 0; i < PRESSES; i++) {
    const { x, y, key } = filters[i % filters.length];
    const on = (Math.floor(i / filters.length) % 2) === 0;
    await press(page, x, y, holding(i));
    const shown = `[data-filter="${key}"][aria-pressed="${on}"]`;
    if (await becomes(page, `document.querySelector('${shown}') !== null`)) continue;
    missed.push(`filter ${i}: ${key} is not ${on}`);
  }
  return missed;
}

/** Presses on the timeline that were not taken. */
async function onTimeline(page: Page): Promise<string[]> {
  const missed: string[] = [];
  const { x, y, width, height } = (await page.locator("#timeline").boundingBox())!;
  for (let i = 0; i < PRESSES; i++) {
    const share = 0.1 + ((i * 37) % 80) / 100;
    const total = Number((await page.innerText("#position")).split("/")[1]);
    await press(page, x + width * share, y + height / 2, holding(i));
    // The timeline grows meanwhile: what was under the pointer lies between then and now.
    const at = `document.querySelector("#position").textContent.split("/").map(Number)`;
    const close = `(([place, now]) =>
      place > ${(share - 0.1) * total} && place < ${share + 0.1} * now)(${at})`;
    const paused = `document.querySelector("#current .head").textContent === "Paused"`;
    if (await becomes(page, `${close} && ${paused}`)) continue;
    missed.push(
      `timeline ${i}: at ${share} of ${total}, now ${await page.innerText("#position")}, ` +
        await page.innerText("#current .head"),
    );
  }
  return missed;
}

/** Several people at once press, each on a page of their own: every press counts. */
export function pressesAreTaken(count: number, kind: "sending" | "silent"): void {
  const name = `${count} machines that are ${kind}`;
  Deno.test(`The page takes every press on machines, filters and timeline, with ${name}`, async () => {
    await withPage({}, async (opened) => {
      using _load = sending(opened, count, kind === "silent");
      const missed = await Promise.all([onMachines, onFilters, onTimeline].map(async (on) => {
        const page = await opened.another();
        await ready(page, opened.url, count);
        return await on(page);
      }));
      assertEquals(missed.flat(), []);
    });
  });
}
