/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { position, withPage } from "./with_page.ts";

/** What Tab does not come to, of all that can be used in there. */
async function unreached(page: Page, within = "body"): Promise<string[]> {
  await page.evaluate(() => {
    const seen = new Set<Element>();
    Object.assign(globalThis, { seen });
    addEventListener("focusin", ({ target }) => seen.add(target as Element));
    (document.activeElement as HTMLElement)?.blur();
  });
  const usable = (within: string) => {
    const { seen } = globalThis as unknown as { seen: Set<Element> };
    const all = document.querySelector(within)!.querySelectorAll<HTMLElement>(
      "button, input, a[href], select, [tabindex]:not([tabindex='-1'])",
    );
    const shown = [...all].filter((one) =>
      one.checkVisibility() && !(one as HTMLButtonElement).disabled
    );
    return shown.filter((one) => !seen.has(one)).map((one) => one.outerHTML.slice(0, 100));
  };
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    if (i % 20 === 19 && (await page.evaluate(usable, within)).length === 0) return [];
  }
  return await page.evaluate(usable, within);
}

Deno.test("All of the page can be reached by Tab, wide and narrow, in every view and dialog", async () => {
  await withPage({ tour: true }, async ({ page, url, another }) => {
    const narrow = await another({ viewport: { width: 390, height: 844 } });
    for (const one of [page, narrow]) {
      await one.goto(`${url}#machine=server&tx=5&step=0`);
      await position(one, "5 / 14");
    }
    const left: Record<string, string[]> = {};
    for (const view of ["Log", "Matrix", "Rain", "Time", "Errors", "Found"]) {
      await page.click(`#main button:has-text("${view}")`);
      await page.waitForSelector(`#main h2:has-text("${view}")`);
      left[view] = await unreached(page);
    }
    await page.keyboard.press("w");
    await page.waitForSelector("#side .why-line");
    left.why = await unreached(page);
    for (const key of ["?", "o"]) {
      await page.keyboard.press(key);
      await page.waitForSelector("dialog[open]");
      left[key] = await unreached(page, "dialog");
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog", { state: "detached" });
    }
    for (const tab of ["machines", "states", "view", "why", "diagram"]) {
      await narrow.click(`#tabs [data-tab=${tab}]`);
      await narrow.waitForSelector(`main[data-tab=${tab}]`);
      left[`narrow ${tab}`] = await unreached(narrow);
    }
    assertEquals(Object.entries(left).filter(([, list]) => list.length > 0), []);
  });
});

Deno.test("Machines, states, transitions, filters, the diagram and columns work by keys alone", async () => {
  await withPage({ tour: true }, async ({ page, url }) => {
    await page.goto(`${url}#machine=server&tx=5&step=0`);
    await position(page, "5 / 14");
    await page.waitForSelector("#diagram svg");

    // A machine: its line is what has the focus for a screen reader.
    await page.focus("#machines .scroll");
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector('#machine-cursor[data-machine="client"]');
    assertEquals(
      await page.getAttribute("#machines .scroll", "aria-activedescendant"),
      "machine-cursor",
    );
    await page.keyboard.press("Enter");
    await page.waitForSelector('#machines .selected[data-machine="client"]');

    // By its name, which may have any character.
    await page.keyboard.press("\\");
    await page.waitForFunction(() => document.activeElement?.id === "find-machine");
    await page.keyboard.type("server");
    await page.waitForSelector("#machines h2:has-text('1, 1 hidden')");
    await page.keyboard.press("Enter");
    await page.waitForSelector('#machines .selected[data-machine="server"]');
    await page.keyboard.press("Escape");
    await page.waitForSelector("#machines h2:text-is('Machines: 2')");

    // A state.
    await page.focus("#tree .scroll");
    await page.keyboard.press("ArrowDown");
    const below = await page.innerText("#tree .row >> nth=1 >> css=.name");
    await page.waitForSelector(`#state-cursor:has-text("${below}")`);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#state-cursor[aria-expanded=true]");

    // A filter, and its own state said.
    await page.keyboard.press("f");
    await page.waitForFunction(() => document.activeElement?.closest("#filters") !== null);
    await page.keyboard.press("Space");
    await page.waitForSelector("#filters [data-filter=canceled][aria-pressed=true]");
    await page.keyboard.press("Space");
    await page.waitForSelector("#filters [data-filter=canceled][aria-pressed=false]");

    // The diagram: from box to box, and the state of a box.
    const focused = () =>
      page.evaluate(() => (document.activeElement as HTMLElement).dataset.state);
    await page.focus("#diagram [data-index][tabindex='0']");
    const first = await focused();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]) {
      await page.keyboard.press(key);
      if (await focused() !== first) break;
    }
    const second = await focused();
    assertEquals(typeof second === "string" && second !== first, true);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`#diagram [data-state="${second}"][aria-pressed=true]`);
    await page.waitForSelector(`#tree .selected:has-text("${second}")`);
    assertEquals(await focused(), second);

    // A column's width.
    const width = async () => (await page.locator("#machines").boundingBox())!.width;
    const before = await width();
    await page.focus(".divider.machines");
    await page.keyboard.press("ArrowRight");
    assertEquals(await width(), before + 20);
    await page.reload();
    await position(page, "5 / 14");
    assertEquals(await width(), before + 20);

    // A dialog gives the focus back.
    await page.focus("#tree .scroll");
    await page.keyboard.press("?");
    await page.waitForSelector("#help:has-text('why did this happen?')");
    assertEquals(await page.evaluate(() => document.activeElement?.closest("dialog")?.id), "help");
    await page.keyboard.press("Escape");
    await page.waitForSelector("#help", { state: "detached" });
    assertEquals(
      await page.evaluate(() => document.activeElement?.closest("#tree") !== null),
      true,
    );
  });
});

Deno.test("The colors are the system's, or those that were chosen, also after a reload", async () => {
  await withPage({ tour: true }, async ({ page, url }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.goto(`${url}#machine=server&tx=5&step=0`);
    await position(page, "5 / 14");
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await back();
    await page.emulateMedia({ colorScheme: "light" });
    const light = await back();
    assertEquals(dark === light, false);
    await page.keyboard.press("c");
    await page.waitForSelector("#theme:has-text('light')");
    await page.emulateMedia({ colorScheme: "dark" });
    assertEquals(await back(), light);
    await page.reload();
    await position(page, "5 / 14");
    assertEquals(await back(), light);
    await page.keyboard.press("c");
    await page.waitForSelector("#theme:has-text('dark')");
    assertEquals(await back(), dark);
  });
});

Deno.test("The diagram is zoomed by the wheel and moved by hand; a drag selects nothing", async () => {
  await withPage({ tour: true }, async ({ page, url }) => {
    await page.goto(`${url}#machine=server&tx=5&step=0`);
    await position(page, "5 / 14");
    await page.waitForSelector("#diagram svg");
    const box = async () => (await page.locator("#diagram [data-state=Work]").boundingBox())!;
    const start = await box();
    const [x, y] = [start.x + start.width / 2, start.y + start.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -400);
    await page.waitForFunction(
      (width) =>
        document.querySelector("#diagram [data-state=Work]")!.getBoundingClientRect().width > width,
      start.width * 1.2,
    );
    const large = await box();
    // What was under the pointer still is.
    assertEquals(Math.abs(large.x + large.width / 2 - x) < 3, true);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 30, { steps: 4 });
    await page.mouse.up();
    const moved = await box();
    assertEquals(Math.round(moved.x - large.x), 40);
    assertEquals(Math.round(moved.y - large.y), 30);
    assertEquals(await page.locator("#diagram .picture [aria-pressed=true]").count(), 0);
    await page.mouse.click(moved.x + moved.width / 2, moved.y + moved.height / 2);
    await page.waitForSelector("#diagram [data-state=Work][aria-pressed=true]");
    await page.waitForSelector("#tree .selected:has-text('Work')");
    await page.click("#diagram button:text-is('Fit')");
    const svg = (await page.locator("#diagram svg").boundingBox())!;
    const frame = (await page.locator("#diagram .picture").boundingBox())!;
    assertEquals(svg.width <= frame.width + 1 && svg.x >= frame.x - 1, true);
    const labels = page.locator("#diagram .label.require");
    assertEquals(await labels.first().isVisible(), true);
    await page.click("#diagram [data-relation=require]");
    await page.waitForSelector("#diagram [data-relation=require][aria-pressed=false]");
    assertEquals(await labels.first().isVisible(), false);
  });
});
