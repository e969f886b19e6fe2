/// <reference lib="dom" />
import { Buffer } from "node:buffer";
import { assertEquals, assertMatch } from "@std/assert";
import { importFile } from "../../dbg/files.ts";
import { Store } from "../../dbg/model/mod.ts";
import { withPage } from "./with_page.ts";

const TOUR = `${import.meta.dirname}/../dbg/tour.jsonl.gz`;

Deno.test("Files are taken in and out on the page; what cannot be read is said", async () => {
  await withPage({}, async ({ page, url, store }) => {
    await page.goto(url);
    await page.click("#welcome button:has-text('Open a file')");
    await page.setInputFiles("#file", TOUR);
    await page.waitForSelector("#machines .row:has-text('server')");
    await page.waitForSelector("#files", { state: "detached" });
    await page.waitForSelector("#status:has-text('tour.jsonl.gz: Machines: 2')");
    assertEquals([...store.clients.keys()].sort(), ["client", "server"]);

    await page.click("#machines .row:has-text('server')");
    await page.waitForSelector('#machines .selected[data-machine="server"]');
    for (const [link, keys] of [["all machines", ["client", "server"]], ["server", ["server"]]]) {
      await page.keyboard.press("x");
      const [coming] = await Promise.all([
        page.waitForEvent("download"),
        page.click(`#files a:has-text("Export ${link}")`),
      ]);
      const read = new Store();
      await importFile(read, await coming.path());
      assertEquals([...read.clients.keys()].sort(), keys);
      assertEquals(read.clients.get("server")!.end, store.clients.get("server")!.end);
      await page.keyboard.press("Escape");
      await page.waitForSelector("#files", { state: "detached" });
    }

    await page.keyboard.press("o");
    const buffer = Buffer.from('{"kind":"nonsense"}\n');
    await page.setInputFiles("#file", { name: "bad.jsonl", mimeType: "text/plain", buffer });
    await page.waitForSelector(`#status:has-text('Cannot read "bad.jsonl": line 1')`);
    assertEquals(store.clients.size, 2);
  });
});

Deno.test("No page of another origin puts a file in, nor one without the token", async () => {
  await withPage({ token: "t0" }, async ({ url, store }) => {
    const body = await Deno.readFile(TOUR);
    const send = async (path: string, headers: HeadersInit) => {
      const answer = await fetch(url + path, { method: "POST", body, headers });
      return `${answer.status} ${(await answer.text()).trim()}`;
    };
    const foreign = { origin: "https://evil.example" };
    assertMatch(await send("api/import?token=t0", foreign), /^403/);
    assertMatch(await send("api/import?token=t0", { origin: "http://127.0.0.1:1" }), /^403/);
    assertMatch(await send("api/import", {}), /^401/);
    assertEquals(store.clients.size, 0);
    assertEquals(await send("api/import?token=t0", {}), "200 Machines: 2, 2 of them new");
  });
});
