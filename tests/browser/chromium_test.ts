import { assertEquals } from "@std/assert";
import { bundle, EXAMPLE, EXPECTED } from "../bundled_example.ts";
import { browser } from "./with_page.ts";

Deno.test("the bundled library runs in Chromium", async () => {
  const folder = await Deno.makeTempDir();
  const code = await Deno.readTextFile(await bundle(folder));
  const page = `<script type="module">
import { Machine } from "/asyncmachine.js";
${EXAMPLE}
document.title = found;
</script>`;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const script = new URL(request.url).pathname === "/asyncmachine.js";
      return new Response(script ? code : page, {
        headers: { "content-type": script ? "text/javascript" : "text/html" },
      });
    },
  );
  const tab = await (await browser()).newPage();
  try {
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(String(error)));
    await tab.goto(`http://127.0.0.1:${server.addr.port}/`);
    await tab.waitForFunction(`document.title !== ""`, undefined, { timeout: 20_000 });
    assertEquals([await tab.title(), errors], [EXPECTED, []]);
  } finally {
    await tab.close();
  }
  await Deno.remove(folder, { recursive: true });
});
