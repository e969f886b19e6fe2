/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import { becomes, ready, sending } from "./press.ts";
import { withPage } from "./with_page.ts";

Deno.test("Text of the page can be selected and copied while machines send", async () => {
  await withPage({}, async (opened) => {
    const { page } = opened;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    using _load = sending(opened, 12);
    await ready(page, opened.url, 12);
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
    await ready(page, opened.url, 12);
    const { another, url } = opened;
    const places = ["#filters button >> nth=1", "#machines .scroll", "#main .scroll", "#search"];
    await Promise.all(places.map(async (selector) => {
      const page = await another();
      await ready(page, url, 12);
      await page.focus(selector);
      await page.evaluate("globalThis.focused = document.activeElement");
      const total = Number((await page.innerText("#position")).split("/")[1]);
      // As many transitions as ten seconds bring.
      const later = `Number(document.querySelector("#position").textContent.split("/")[1]) > ${
        total + 400
      }`;
      assert(await becomes(page, later, 120_000));
      assert(await page.evaluate("document.activeElement === focused"), selector);
      await page.context().close();
    }));
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
    await ready(page, opened.url, 12);
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
