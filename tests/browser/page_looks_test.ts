/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { connectNetwork } from "../../dbg/demo.ts";
import { type Opened, shot, withPage } from "./with_page.ts";

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const THEMES = ["dark", "light"] as const;

/** What axe finds wrong, in a line each; `only`: by this rule. */
async function violations(page: Page, only?: string): Promise<string[]> {
  if (!await page.evaluate("'axe' in globalThis")) await page.evaluate(axe.source);
  const found = await page.evaluate(async (only) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(
      only === undefined ? {} : { runOnly: [only] },
    );
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`)
    );
  }, only);
  return found.slice(0, 10);
}

/** Whether something is wider than the page. */
async function isTooWide(page: Page): Promise<boolean> {
  return await page.evaluate(() =>
    document.documentElement.scrollWidth > document.documentElement.clientWidth
  );
}

/** Looks at a state of the page in both themes: a picture of each, and what axe and we find wrong. */
async function looked(page: Page, name: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    await shot(page, `${name}-${theme}`);
    // In other colors only contrasts are others.
    const only = theme === THEMES[0] ? undefined : "color-contrast";
    for (const one of await violations(page, only)) wrong.push(`${name} ${theme}: ${one}`);
    if (await isTooWide(page)) wrong.push(`${name} ${theme}: wider than the screen`);
  }
  return wrong;
}

/** A page on which a machine in the middle is selected, and a transition of it. */
async function opened(
  { another, url }: Opened,
  viewport: typeof WIDE,
  link: string,
): Promise<Page> {
  const page = await another({ viewport });
  await page.goto(url + link);
  await page.waitForSelector(link === "" ? "#welcome" : "#position");
  return page;
}

for (const count of [1, 20, 200]) {
  Deno.test(`The page of ${count} machines has no fault that axe knows, wide and narrow, dark and light`, async () => {
    await withPage({}, async (all) => {
      using _network = await connectNetwork(all.store, all.url.slice(7, -1), {
        machines: count,
        rounds: 30,
      });
      const link = count === 1 ? "#machine=network&tx=20&step=0" : "#machine=peer-7&tx=20&step=0";
      const wrong: string[] = [];
      const wide = await opened(all, WIDE, link);
      await wide.waitForSelector("#diagram svg");
      await wide.click("#tree [data-fold] >> nth=1");
      await wide.waitForSelector("#tree .fold:text-is('▾')");
      wrong.push(...await looked(wide, `${count}-wide-log`));
      for (const view of ["Matrix", "Rain", "Time", "Errors"]) {
        await wide.click(`#main button:has-text("${view}")`);
        await wide.waitForSelector(`#main h2:has-text("${view}")`);
        if (count === 20) wrong.push(...await looked(wide, `${count}-wide-${view}`));
      }
      await wide.click("#main button:text-is('Log')");
      await wide.waitForSelector("#main h2:text-is('Log')");
      await wide.fill("#search", "connection reset");
      await wide.waitForSelector("#main h2:has-text('Found')");
      if (count === 20) wrong.push(...await looked(wide, `${count}-wide-found`));
      await wide.keyboard.press("Escape");
      await wide.keyboard.press("Escape");
      await wide.keyboard.press("w");
      await wide.waitForSelector("#side .why-line");
      wrong.push(...await looked(wide, `${count}-wide-why`));
      await wide.keyboard.press("?");
      await wide.waitForSelector("#help");
      if (count === 20) wrong.push(...await looked(wide, `${count}-wide-help`));
      await wide.keyboard.press("Escape");
      await wide.waitForSelector("#help", { state: "detached" });
      await wide.keyboard.press("d");
      await wide.waitForSelector("main.wide");
      if (count === 20) wrong.push(...await looked(wide, `${count}-wide-diagram`));
      const narrow = await opened(all, NARROW, link);
      for (const tab of ["machines", "states", "view", "why", "diagram"]) {
        await narrow.click(`#tabs [data-tab=${tab}]`);
        await narrow.waitForSelector(`main[data-tab=${tab}]`);
        if (tab === "why") await narrow.waitForSelector("#side .why-line");
        if (tab === "diagram") await narrow.waitForSelector("#diagram svg");
        if (count === 20 || tab === "machines") {
          wrong.push(...await looked(narrow, `${count}-narrow-${tab}`));
        }
      }
      if (count === 20) {
        await narrow.click("#more");
        await narrow.waitForSelector("footer.open");
        wrong.push(...await looked(narrow, `${count}-narrow-more`));
        await narrow.click("#top button:has-text('Files')");
        await narrow.waitForSelector("#files");
        wrong.push(...await looked(narrow, `${count}-narrow-files`));
      }
      assertEquals(wrong, []);
    });
  });
}

Deno.test("The page without a machine says how to connect one, and has no fault that axe knows", async () => {
  await withPage({}, async (all) => {
    const wrong: string[] = [];
    for (const [name, size] of [["wide", WIDE], ["narrow", NARROW]] as const) {
      const page = await opened(all, size, "");
      await page.waitForSelector(`#welcome pre:has-text("AM_DBG_ADDR=${new URL(all.url).host}")`);
      wrong.push(...await looked(page, `0-${name}`));
    }
    assertEquals(wrong, []);
  });
});
