/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { Machine } from "../../mod.ts";
import { connectDebugger } from "../../telemetry/mod.ts";
import { position, withPage } from "./with_page.ts";

Deno.test("A view that cannot be made ends neither the debugger nor the page", async () => {
  await withPage({ tour: true }, async ({ page, url, store }) => {
    await page.goto(`${url}#machine=client&tx=3&step=0`);
    await position(page, "3 / 6");
    const server = store.clients.get("server")!;
    const { row } = server;
    server.row = () => {
      throw new RangeError("no such <row>");
    };
    await page.click("#machines .row:has-text('server')");
    await page.waitForSelector("#banner:has-text('no such <row>')");
    await page.click("#machines .row:has-text('client')");
    await page.waitForSelector("#banner", { state: "detached" });
    await page.waitForSelector('#machines .selected[data-machine="client"]');
    server.row = row;
    await page.click("#machines .row:has-text('server')");
    await page.waitForSelector('#machines .selected[data-machine="server"]');
    await page.waitForSelector("#banner", { state: "detached" });
  });
});

Deno.test("Names of any text are one line each, and can be selected", async () => {
  const names = [
    "\u001b[2J\u0007",
    "a\nfake line",
    "\u202egnp.exe",
    "\u0085\u2028x",
    "हिन्दी",
    "x".repeat(5000),
  ];
  await withPage({}, async ({ page, url, socket }) => {
    const connections = names.map((id) => {
      const machine = new Machine({ [`S${id}`]: {}, B: {} }, { id });
      const connection = connectDebugger(machine, { url: socket });
      machine.add("B");
      return connection;
    });
    await page.goto(url);
    await page.waitForSelector(`#machines h2:text-is("Machines: ${names.length}")`);
    for (const name of names) {
      const row = page.locator("#machines .row").and(page.locator(`[data-machine=${CSS(name)}]`));
      await row.click();
      await page.waitForSelector(`#machines .selected[data-machine=${CSS(name)}]`);
      const { height } = (await row.boundingBox())!;
      assertEquals(Math.round(height), 20);
    }
    const shown = (await page.locator("#machines").innerText()).normalize();
    assertEquals(/\p{Cc}|[\u202a-\u202e]/u.test(shown.replaceAll("\n", "")), false);
    assertEquals(shown.includes("a␊fake line") && shown.includes("हिन्दी"), true);
    for (const connection of connections) connection.close();
  });
});

/** A text as a string of CSS. */
const CSS = (text: string) =>
  `"${[...text].map((one) => `\\${one.codePointAt(0)!.toString(16)} `).join("")}"`;

Deno.test("The page's times are UTC, and say so, wherever machine and browser are", async () => {
  await withPage({ tour: true }, async ({ another, url, store }) => {
    const page = await another({ timezoneId: "America/New_York" });
    await page.goto(`${url}#machine=server&tx=5&step=0`);
    await position(page, "5 / 14");
    const clock = new Date(store.clients.get("server")!.time(4)).toISOString().slice(11, 23);
    await page.waitForSelector(`#current:has-text("${clock} UTC")`);
    await page.waitForSelector(`#main .second:has-text("${clock.slice(0, 8)} UTC")`);
  });
});
