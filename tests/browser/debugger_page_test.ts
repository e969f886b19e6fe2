import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { parsePageMessage } from "../../dbg/page/mod.ts";
import { Machine } from "../../mod.ts";
import { connectDebugger } from "../../telemetry/mod.ts";
import { position, shot, withPage } from "./with_page.ts";

Deno.test("The page shows machines, travels by keys and mouse, and has deep links", async () => {
  await withPage({ tour: true }, async ({ page, url }) => {
    await page.goto(`${url}#machine=server&tx=5&step=0`);
    await position(page, "5 / 14");
    await page.keyboard.press("ArrowRight");
    await position(page, "6 / 14");
    await page.keyboard.press("ArrowLeft");
    await position(page, "5 / 14");
    await page.keyboard.press("Shift+ArrowRight");
    await page.waitForSelector("#step:text('1 / ')");
    await page.waitForURL(/machine=server&tx=5&step=1$/);
    await page.waitForSelector('#diagram [data-state="Work"].lit');
    await page.keyboard.press("d");
    await page.waitForSelector("main.wide");
    const inSight = await page.$eval("#main .current", (row) => {
      const { top, bottom } = row.getBoundingClientRect();
      const panel = row.closest(".scroll")!.getBoundingClientRect();
      return top >= panel.top - 1 && bottom <= panel.bottom + 1;
    });
    assert(inSight);
    await page.keyboard.press("d");
    await page.emulateMedia({ colorScheme: "light" });
    await shot(page, "light");
    await page.keyboard.press("v");
    await page.waitForSelector("#main table");
    await page.keyboard.press("v");
    await page.waitForSelector("#main h2:text('Rain')");
    await page.emulateMedia({ colorScheme: "dark" });
    await shot(page, "dark");
    await page.click("#machines .row:has-text('client')");
    await page.waitForSelector('#diagram [data-state="Connecting"]');
    await page.click("#filters button:has-text('canceled')");
    await page.waitForSelector("#filters button.on");
    await page.fill("#timeline", "1");
    await position(page, "1 / 6");
  });
});

Deno.test("The page is live, and shows a machine's hostile texts as texts", async () => {
  await withPage({ tour: true }, async ({ page, url, store }) => {
    await page.goto(url);
    const id = `<img src=x onerror="document.title='hacked'">`;
    const machine = new Machine({ A: {}, "<script>": {} }, { id });
    const connection = connectDebugger(machine, { url: url.replace("http", "ws") });
    machine.add(["A", "<script>"]);
    await page.waitForSelector("#machines .row:has-text('onerror')");
    await page.click("#machines .row:has-text('onerror')");
    await page.waitForSelector("#tree .row:has-text('<script>')");
    await page.waitForSelector("#diagram svg");
    assertEquals(await page.title(), "asyncmachine debugger");
    assertEquals(await page.$$eval("img", (all) => all.length), 0);
    assertEquals(store.clients.size, 3);
    connection.close();
  });
});

Deno.test("The page asks for the token, and gives a foreign origin nothing", async () => {
  await withPage({ tour: true, token: "t0" }, async ({ page, url }) => {
    assertEquals((await page.goto(url))?.status(), 401);
    await page.fill("input[name=token]", "t0");
    await page.click("button");
    await page.waitForSelector("#machines .row:has-text('server')");
    for (const path of ["live", "api/list", "diagram?id=server", ""]) {
      const { status, body } = await fetch(
        `${url}${path}${path.includes("?") ? "&" : "?"}token=t0`,
        {
          headers: { origin: "https://evil.example" },
        },
      );
      await body?.cancel();
      assertEquals(status, 403, path);
    }
  });
});

Deno.test("connectDebugger works in a page of another port of this machine", async () => {
  await withPage({ tour: true }, async ({ page, url, store }) => {
    const folder = await Deno.makeTempDir();
    const root = fileURLToPath(new URL("../../", import.meta.url));
    await Deno.writeTextFile(
      `${folder}/main.ts`,
      `import { Machine } from "${root}mod.ts";
       import { connectDebugger } from "${root}telemetry/mod.ts";
       const machine = new Machine({ A: {}, B: {} }, { id: "in-browser" });
       connectDebugger(machine, { url: "${url.replace("http", "ws")}" });
       machine.add("A");`,
    );
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "-o", `${folder}/main.js`, `${folder}/main.ts`],
      cwd: root,
    }).output();
    assert(success);
    const script = await Deno.readTextFile(`${folder}/main.js`);
    await using site = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () =>
        new Response(`<script type="module">${script}</script>`, {
          headers: { "content-type": "text/html" },
        }),
    );
    await page.goto(`http://127.0.0.1:${site.addr.port}/`);
    for (let i = 0; i < 200 && store.clients.get("in-browser")?.end !== 1; i++) {
      await new Promise((next) => setTimeout(next, 50));
    }
    assertEquals(store.clients.get("in-browser")?.end, 1);
    await Deno.remove(folder, { recursive: true });
  });
});

Deno.test("parsePageMessage lets only known messages through", () => {
  assertEquals(parsePageMessage('{"kind":"move","by":1,"more":2}'), { kind: "move", by: 1 });
  const view = parsePageMessage('{"kind":"viewport","viewport":{"log":1e9,"rain":"x"}}');
  assert(view.kind === "viewport" && view.viewport.log === 500 && view.viewport.rain === 1);
  const refused = [
    "",
    "[]",
    "null",
    '{"kind":"received"}',
    '{"kind":"__proto__"}',
    '{"kind":"move","by":"1"}',
    '{"kind":"jump","by":2}',
    '{"kind":"removeClient"}',
    `{"kind":"search","text":"${"x".repeat(12_000)}"}`,
    new Uint8Array(3),
  ];
  for (const data of refused) assertThrows(() => parsePageMessage(data));
});
