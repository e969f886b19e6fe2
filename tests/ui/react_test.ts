import { assertEquals } from "@std/assert";
import { bundle, bundleWithReact, withPage } from "./browser.ts";

/** What each test of `pages/react.ts` says. */
const EXPECTED: Readonly<Record<string, unknown>> = {
  rows: {
    first: true,
    drawn: [["Row7", 1], ["Row500", 1]],
    lists: 1,
    subscriptionsLeft: 0,
    disposed: false,
  },
  strict: { made: 1, seen: 1, alive: [true], atUnmount: false, afterATurn: true },
  strictDropped: { same: true, disposed: true },
  hidden: { kept: [1, false], made: 2, disposed: [true, true] },
  suspense: { text: "data On", made: 1, disposed: [true] },
  abandoned: { several: true },
  args: { seen: ["undefined", "20"], again: 0, left: 1 },
  between: null,
  changes: { texts: ["On", "Off", "Other Off", "Other Off"], counts: [0, 1], left: [0, 0] },
  hydrate: null,
};

Deno.test("React in Chromium: draws, mounts, and leaves nothing behind", async (t) => {
  await withPage(await bundle("pages/react.ts"), async ({ run, said }) => {
    for (const [name, expected] of Object.entries(EXPECTED)) {
      await t.step(name, async () => assertEquals(await run(name), expected));
    }
    await t.step("the console is silent", () => assertEquals(said, []));
  });
});

/** What needs nothing of React 19, and what differs: StrictMode makes a second machine, and drops it. */
const IN_18 = ["rows", "strictDropped", "args", "between", "changes", "hydrate"];

Deno.test("React 18 in Chromium, StrictMode too: draws, mounts, and leaves nothing behind", async (t) => {
  const code = await bundleWithReact("18.3.1", "pages/react.ts");
  await withPage(code, async ({ run, said }) => {
    assertEquals(await run("version"), "18.3.1");
    for (const name of IN_18) {
      await t.step(name, async () => assertEquals(await run(name), EXPECTED[name]));
    }
    await t.step("the console is silent", () => assertEquals(said, []));
  });
});
