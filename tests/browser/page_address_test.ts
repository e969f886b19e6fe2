/// <reference lib="dom" />
import { assertEquals, assertMatch } from "@std/assert";
import { Store } from "../../dbg/model/mod.ts";
import { Machine } from "../../mod.ts";
import { connectDebugger } from "../../telemetry/mod.ts";
import { position, tour, withPage } from "./with_page.ts";

const selected = (key: string) => `#machines .selected[data-machine="${key}"]`;

Deno.test("A link to what is not there says so, and stays in the address", async () => {
  await withPage({ tour: true }, async ({ page, url, socket }) => {
    for (
      const [link, said] of [
        ["#machine=NONE&tx=3&step=0", "names a machine that is not here"],
        ["#machine=server&tx=99999&step=0", "names transition 99999: it is not here, 1 to 14 are"],
      ]
    ) {
      await page.goto("about:blank");
      await page.goto(url + link);
      await page.waitForSelector(`#banner:has-text("${said}")`);
      await page.waitForTimeout(500); // the address changes five times a second at most
      assertEquals(page.url(), url + link);
    }
    // It is shown when it comes.
    await page.goto("about:blank");
    await page.goto(`${url}#machine=late&tx=2&step=0`);
    await page.waitForSelector("#banner:has-text('not here')");
    const machine = new Machine({ A: {}, B: {} }, { id: "late" });
    const connection = connectDebugger(machine, { url: socket });
    for (let i = 0; i < 3; i++) machine.toggle("A");
    await page.waitForSelector(selected("late"));
    await position(page, "2 / 3");
    await page.waitForSelector("#banner", { state: "detached" });
    connection.close();
    // Whoever goes elsewhere gives a link up.
    await page.goto("about:blank");
    await page.goto(`${url}#machine=NONE`);
    await page.waitForSelector("#banner:has-text('not here')");
    await page.click("#machines .row:has-text('client')");
    await page.waitForSelector("#banner", { state: "detached" });
    await page.waitForURL(/#machine=client/);
  });
});

Deno.test("Back and Forward go to the places where one has been", async () => {
  await withPage({ tour: true }, async ({ page, url }) => {
    await page.goto(`${url}#machine=server&tx=5&step=0`);
    await position(page, "5 / 14");
    await page.keyboard.press("ArrowRight");
    await position(page, "6 / 14");
    await page.waitForURL(/tx=6/); // a step is no entry of its own
    await page.click("#machines .row:has-text('client')");
    await page.waitForSelector(selected("client"));
    await page.keyboard.press("Home");
    await position(page, "0 / 6");
    await page.waitForURL(/machine=client&tx=0/);
    await page.goBack();
    await page.waitForURL(/machine=client&tx=[1-9]/);
    await page.goBack();
    await page.waitForSelector(selected("server"));
    await position(page, "6 / 14");
    await page.goForward();
    await page.waitForSelector(selected("client"));
    await page.goForward();
    await position(page, "0 / 6");
  });
});

Deno.test("The token leaves the address, and a reload does not ask for it again", async () => {
  const token = "s%cret ;=";
  await withPage({ tour: true, token }, async ({ page, url }) => {
    await page.goto(`${url}?token=${encodeURIComponent(token)}#machine=server&tx=5&step=0`);
    await position(page, "5 / 14");
    assertEquals(page.url(), `${url}#machine=server&tx=5&step=0`);
    await page.reload();
    await position(page, "5 / 14");
    await page.waitForSelector("#diagram svg");
    assertEquals(await page.evaluate("document.cookie"), "");
    const [cookie] = await page.context().cookies();
    assertEquals([cookie.httpOnly, cookie.sameSite], [true, "Lax"]);
    assertMatch(await page.content(), /Transitions/);
    const wrong = await fetch(url, { headers: { cookie: `${cookie.name}=wrong` } });
    await wrong.body?.cancel();
    assertEquals(wrong.status, 401);
  });
});

Deno.test("A page of a debugger that has another token now says so, and asks for it", async () => {
  await withPage({ tour: true, token: "before" }, async ({ page, url, restart }) => {
    await page.goto(`${url}?token=before#machine=server&tx=5&step=0`);
    await position(page, "5 / 14");
    await restart(await tour(), "after");
    await page.waitForSelector("#banner:has-text('it wants a token')");
    await page.reload();
    await page.fill("input[name=token]", "after");
    await page.click("button");
    await position(page, "5 / 14");
    await page.waitForSelector(selected("server"));
  });
});

Deno.test("After a lost connection, and after a reload, view, filters and place are as before", async () => {
  await withPage({ tour: true }, async ({ page, url, restart }) => {
    await page.goto(`${url}#machine=client&tx=3&step=0`);
    await position(page, "3 / 6");
    await page.keyboard.press("v");
    await page.waitForSelector("#main table");
    await page.click("[data-filter=checks]");
    await page.waitForSelector("[data-filter=checks][aria-pressed=true]");
    await page.click("#tree .row:has-text('Connecting')");
    await page.waitForSelector("#tree .selected:has-text('Connecting')");
    const isAsBefore = async () => {
      await page.waitForSelector(selected("client"));
      await page.waitForSelector("#main table");
      await page.waitForSelector("[data-filter=checks][aria-pressed=true]");
      await page.waitForSelector("#tree .selected:has-text('Connecting')");
      await position(page, "3 / 6");
      await page.waitForSelector("#banner", { state: "detached" });
    };
    await restart(await tour());
    await isAsBefore();
    await page.reload();
    await isAsBefore();
    // The machines of a new debugger come later than the page.
    const empty = new Store();
    await restart(empty);
    await page.waitForSelector("#banner:has-text('not here')");
    const full = await tour();
    for (const [key, client] of full.clients) empty.clients.set(key, client);
    empty.revision++;
    await isAsBefore();
  });
});
