/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { Machine } from "../../mod.ts";
import { connectDebugger } from "../../telemetry/mod.ts";
import { type Opened, withPage } from "./with_page.ts";

/** Transitions per round at most: the browser needs the rest of a small machine. */
const ROUND = 25;

/** Machines of which each, or as many as a round has, sends every 20 ms; `silent`: none does. */
function sending({ socket }: Opened, count: number, silent = false): Disposable {
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

/** Presses as a person does: moves there, holds, lets go. */
async function press(page: Page, x: number, y: number, held: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.waitForTimeout(held);
  await page.mouse.up();
}

/** How long the i-th press is held, in milliseconds: 60 to 120. */
const holding = (i: number) => 60 + (i * 17) % 61;

/** Whether something becomes true on the page; its policy lets nothing evaluate text in there. */
async function becomes(page: Page, condition: string, limit = 10_000): Promise<boolean> {
  for (const end = Date.now() + limit; Date.now() < end; await page.waitForTimeout(20)) {
    if (await page.evaluate(condition)) return true;
  }
  return false;
}

async function ready({ page, url }: Opened, count: number): Promise<void> {
  await page.goto(url);
  await page.waitForSelector(`#machines h2:text-is("Machines: ${count}")`);
  await page.click("#machines .row >> nth=0");
  await page.waitForSelector("#machines .row.selected");
}

/** The middles of some of the elements that are in sight within their panel. */
async function places(
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

const CASES = [[12, false], [12, true], [20, false], [500, false]] as const;

for (const [count, silent] of CASES) {
  const name = `${count} machines that are ${silent ? "silent" : "sending"}`;

  Deno.test(`The page takes every press on a machine, with ${name}`, async () => {
    await withPage({}, async (opened) => {
      const { page } = opened;
      using _load = sending(opened, count, silent);
      await ready(opened, count);
      let hits = 0;
      for (let i = 0; i < 50; i++) {
        const rows = await places(page, "#machines .row");
        const { x, y, key } = rows[(i * 7 + 3) % rows.length];
        await press(page, x, y, holding(i));
        const selected =
          `document.querySelector("#machines .selected").dataset.machine === "${key}"`;
        if (await becomes(page, selected)) hits++;
      }
      assertEquals(hits, 50);
    });
  });

  Deno.test(`The page takes every press on filters and timeline, with ${name}`, async () => {
    await withPage({}, async (opened) => {
      const { page } = opened;
      using _load = sending(opened, count, silent);
      await ready(opened, count);
      const filters = (await places(page, "#filters button")).slice(0, 4);
      let hits = 0;
      for (let i = 0; i < 50; i++) {
        const { x, y, key } = filters[i % filters.length];
        const on = (Math.floor(i / filters.length) % 2) === 0;
        await press(page, x, y, holding(i));
        const shown = `[data-filter="${key}"][aria-pressed="${on}"]`;
        if (await becomes(page, `document.querySelector('${shown}') !== null`)) hits++;
      }
      assertEquals(hits, 50);
      const { x, y, width, height } = (await page.locator("#timeline").boundingBox())!;
      hits = 0;
      for (let i = 0; i < 50; i++) {
        await page.keyboard.press("Escape");
        const share = 0.1 + ((i * 37) % 80) / 100;
        const total = Number((await page.innerText("#position")).split("/")[1]);
        await press(page, x + width * share, y + height / 2, holding(i));
        // The timeline grows meanwhile: what was under the pointer lies between then and now.
        const at = `document.querySelector("#position").textContent.split("/").map(Number)`;
        const close = `(([place, now]) =>
          place > ${(share - 0.1) * total} && place < ${share + 0.1} * now)(${at})`;
        const paused = `document.querySelector("#current .head").textContent === "Paused"`;
        if (await becomes(page, `${close} && ${paused}`)) hits++;
      }
      assertEquals(hits, 50);
    });
  });
}

Deno.test("The page takes every press on a line of the log that runs on", async () => {
  await withPage({}, async (opened) => {
    const { page } = opened;
    using _load = sending(opened, 12);
    await ready(opened, 12);
    let hits = 0;
    for (let i = 0; i < 50; i++) {
      await page.waitForSelector("#current .head:text-is('Tail')");
      const lines = await places(page, "#main [data-tx]");
      const { x, y } = lines[(i * 5) % lines.length];
      await page.mouse.move(x, y);
      await page.mouse.down();
      // What is under the pointer now is what is meant: it runs on until it is pressed.
      const tx = await page.evaluate(
        `document.elementFromPoint(${x}, ${y}).closest("[data-tx]").dataset.tx`,
      );
      await page.waitForTimeout(holding(i));
      await page.mouse.up();
      const current = `document.querySelector("#main .current")?.dataset.tx === "${tx}"`;
      const paused = `document.querySelector("#current .head").textContent === "Paused"`;
      if (await becomes(page, `${current} && ${paused}`)) hits++;
      await page.keyboard.press("t");
    }
    assertEquals(hits, 50);
  });
});

Deno.test("Text of the page can be selected and copied while machines send", async () => {
  await withPage({}, async (opened) => {
    const { page } = opened;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    using _load = sending(opened, 12);
    await ready(opened, 12);
    for (const selector of ["#main [data-tx] .text", "#tree .row .name", "#current .title"]) {
      const { x, y, width, height } = (await page.locator(selector).last().boundingBox())!;
      await page.mouse.move(x + 1, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + Math.min(width, 60), y + height / 2, { steps: 5 });
      await page.waitForTimeout(100);
      await page.mouse.up();
      const selected = await page.evaluate("String(getSelection())") as string;
      assert(selected.length > 2, `${selector}: ${selected}`);
      // Other panels go on, and what is selected stays.
      await page.waitForSelector("#banner:has-text('selected')");
      const count = await page.innerText("#machines .selected .count");
      await becomes(
        page,
        `document.querySelector("#machines .selected .count").textContent !== "${count}"`,
      );
      await page.keyboard.press("Control+c");
      assertEquals(await page.evaluate("navigator.clipboard.readText()"), selected, selector);
      assertEquals(await page.evaluate("String(getSelection())"), selected, selector);
      await page.keyboard.press("Escape");
      await page.waitForSelector("#banner", { state: "detached" });
      assertEquals(await page.innerText("#current .head"), "Tail");
    }
  });
});

Deno.test("The page's focus stays while machines send; a focused filter has Space and Enter", async () => {
  await withPage({}, async (opened) => {
    const { page } = opened;
    using _load = sending(opened, 12);
    await ready(opened, 12);
    for (
      const selector of [
        "#filters button >> nth=1",
        "#machines .scroll",
        "#main .scroll",
        "#search",
      ]
    ) {
      await page.focus(selector);
      await page.evaluate("globalThis.focused = document.activeElement");
      const total = Number((await page.innerText("#position")).split("/")[1]);
      // As many transitions as ten seconds bring.
      const later = `Number(document.querySelector("#position").textContent.split("/")[1]) > ${
        total + 400
      }`;
      assert(await becomes(page, later, 120_000));
      assert(await page.evaluate("document.activeElement === focused"), selector);
    }
    await page.focus("#filters [data-filter=auto]");
    for (const [key, on] of [["Space", true], ["Enter", false], ["Space", true]] as const) {
      await page.keyboard.press(key);
      await page.waitForSelector(`[data-filter=auto][aria-pressed="${on}"]`);
      assertEquals(await page.innerText("#current .head"), "Tail");
    }
    // Elsewhere they are the page's.
    await page.focus("#main .scroll");
    await page.keyboard.press("Space");
    await page.waitForSelector("#current .head:text-is('Playing')");
  });
});

Deno.test("A machine that only changes texts replaces no element of the page", async () => {
  await withPage({}, async (opened) => {
    const { page } = opened;
    using _load = sending(opened, 12);
    await ready(opened, 12);
    const watch = (exception: string) =>
      page.evaluate(`{
        globalThis.moved = [];
        globalThis.texts = 0;
        new MutationObserver((all) => {
          for (const { type, target, addedNodes, removedNodes } of all) {
            if (type === "characterData") texts++;
            else if (!target.closest("${exception}") && addedNodes.length + removedNodes.length > 0) {
              moved.push(target.outerHTML.slice(0, 100));
            }
          }
        }).observe(document.body, { childList: true, characterData: true, subtree: true });
      }`);
    const happened = async () => {
      assert(await becomes(page, "texts > 500", 60_000));
      return await page.evaluate("moved");
    };
    await page.waitForSelector("#diagram svg");
    await watch("#main .scroll"); // new lines of the log are new elements
    assertEquals(await happened(), []);
    await page.keyboard.press("Home");
    await page.waitForSelector("#current .head:text-is('Paused')");
    await becomes(page, `document.querySelectorAll("#main .row").length > 20`);
    await watch("nothing");
    assertEquals(await happened(), []);
  });
});
