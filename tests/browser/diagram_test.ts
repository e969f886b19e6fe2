import { assert, assertEquals } from "@std/assert";
import { browser } from "./with_page.ts";

Deno.test("gen's SVG shows every state within the picture, none upon another", async () => {
  const page = await (await browser()).newPage({ viewport: { width: 1600, height: 1000 } });
  try {
    for (const name of ["peer", "debugger"]) {
      const file = new URL(`../gen/golden/${name}.svg`, import.meta.url);
      await page.setContent(`<body style="margin:0">${await Deno.readTextFile(file)}</body>`);
      if (Deno.env.get("SCREENSHOTS")) {
        const path = `${Deno.env.get("SCREENSHOTS")}/${name}.png`;
        await page.screenshot({ path, fullPage: true });
      }
      const boxes: { x: number; y: number; width: number; height: number }[] = await page.$$eval(
        ".state",
        (all) =>
          all.map((one) => {
            const { x, y, width, height } = one.getBoundingClientRect();
            return { x, y, width, height };
          }),
      );
      const size = await page.$eval("svg", (one) => {
        const { width, height } = one.getBoundingClientRect();
        return { width, height };
      });
      assert(boxes.length > 10);
      const overlaps = boxes.filter((a, i) =>
        boxes.some((b, k) =>
          k > i && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
          b.y < a.y + a.height
        )
      );
      assertEquals(overlaps, []);
      const outside = boxes.filter((box) =>
        box.x < 0 || box.y < 0 || box.x + box.width > size.width || box.y + box.height > size.height
      );
      assertEquals(outside, []);
      const cut = await page.$$eval(".state", (all) =>
        all.filter((one) => {
          const text = one.nextElementSibling as unknown as { getComputedTextLength(): number };
          return text.getComputedTextLength() > one.getBoundingClientRect().width - 6;
        }).length);
      assertEquals(cut, 0);
    }
  } finally {
    await page.close();
  }
});
