/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { becomes, holding, places, ready, sending } from "./press.ts";
import { withPage } from "./with_page.ts";

/** Presses on lines that were not taken. */
async function onLines(page: Page, url: string): Promise<string[]> {
  await ready(page, url, 12);
  // The lines run on until one is pressed, so only the press itself knows which one it met; it
  // may be a heading, which is no line.
  await page.evaluate(() =>
    addEventListener("pointerdown", ({ target }) => {
      const line = (target as Element).closest<HTMLElement>("[data-tx]");
      Object.assign(globalThis, { met: line?.dataset.tx });
    }, true)
  );
  const missed: string[] = [];
  for (let pressed = 0, i = 0; pressed < 25; i++) {
    await page.waitForSelector("#current .head:text-is('Tail')");
    // Whatever had the focus before.
    if (i % 2 === 0) await page.focus("#search");
    const lines = await places(page, "#main [data-tx]");
    const { x, y } = lines[(i * 5) % lines.length];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.waitForTimeout(holding(i));
    await page.mouse.up();
    const met = await page.evaluate("globalThis.met");
    if (met === undefined) continue;
    pressed++;
    const current = `document.querySelector("#main .current")?.dataset.tx`;
    const head = `document.querySelector("#current .head").textContent`;
    if (!await becomes(page, `${current} === "${met}" && ${head} === "Paused"`)) {
      const now = await page.evaluate(`${current} + " " + ${head}`);
      missed.push(`line ${i}: ${now} instead of ${met}`);
    }
    await page.keyboard.press("T");
  }
  return missed;
}

Deno.test("The page takes every press on a line of the log that runs on", async () => {
  await withPage({}, async (opened) => {
    using _load = sending(opened, 12);
    const pages = [opened.page, await opened.another()];
    const missed = await Promise.all(pages.map((page) => onLines(page, opened.url)));
    assertEquals(missed.flat(), []);
  });
});

Deno.test("Nothing moves under a press, wherever the focus was before", async () => {
  await withPage({}, async (opened) => {
    const { page, store } = opened;
    using _load = sending(opened, 12);
    await ready(page, opened.url, 12);
    const text = () => page.innerText("#main .scroll");
    for (const before of ["#search", "#machines .scroll", "#tree .scroll", "#filters button"]) {
      await page.waitForSelector("#current .head:text-is('Tail')");
      await page.focus(before);
      const [{ x, y }] = (await places(page, "#main [data-tx]")).slice(-3);
      await page.mouse.move(x, y);
      await page.mouse.down();
      const lines = await text();
      const client = store.clients.get("m0x")!;
      const later = client.end + 40;
      while (client.end < later) await page.waitForTimeout(20);
      assertEquals(await text(), lines, before);
      await page.mouse.up();
      assert(await becomes(page, `document.querySelector("#main .current") !== null`));
      await page.keyboard.press("T");
    }
  });
});
