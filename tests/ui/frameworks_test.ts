import { assertEquals } from "@std/assert";
import { compile } from "svelte/compiler";
import { bundle, withPage } from "./browser.ts";

/** The rows of a list of 1000 that are drawn again, and how often. */
const drawn = [["Row7", 1], ["Row500", 1]];

/** What each test of each page says; a record of arguments (`left: 1`) ends with its machine. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  preact: {
    rows: { first: true, drawn, subscriptionsLeft: 0 },
    life: { made: 1, atUnmount: false, left: 1, afterATurn: true },
  },
  vue: {
    rows: { first: true, drawn, subscriptionsLeft: 0 },
    life: { made: 1, left: 1, disposed: true },
    scope: { seen: ["", "On"], left: 0 },
    inARef: { same: [true, true, true], result: "executed", active: ["On"] },
    hot: { disposed: [true, false], end: [true, true] },
  },
  solid: {
    rows: { first: true, drawn, on: 2, subscriptionsLeft: 0 },
    life: { left: 1, disposed: true },
    root: { seen: ["", "On"], left: 0 },
  },
  svelte: {
    rows: { first: true, drawn, subscriptionsLeft: 0 },
    life: { left: 1, disposed: true },
    store: { seen: ["", "On", "On Off"], left: 0 },
  },
};

/** A page with Svelte's components compiled into it. */
async function withComponents(path: string): Promise<string> {
  const folder = new URL("./pages/", import.meta.url);
  const names = ["Row", "Light"];
  const made: URL[] = [];
  const write = async (name: string, code: string) => {
    made.push(new URL(name, folder));
    await Deno.writeTextFile(made.at(-1)!, code);
  };
  try {
    for (const name of names) {
      const source = await Deno.readTextFile(new URL(`${name}.svelte`, folder));
      const { js, warnings } = compile(source, { filename: `${name}.svelte`, dev: true });
      assertEquals(warnings, []);
      await write(`compiled_${name}.js`, js.code);
    }
    await write(
      "compiled.js",
      names.map((name) => `import ${name} from "./compiled_${name}.js";`).join("\n") +
        `\nglobalThis.components = { ${names.join(", ")} };\nawait import("./${path}");\n`,
    );
    return await bundle("pages/compiled.js");
  } finally {
    for (const url of made) await Deno.remove(url);
  }
}

for (const [framework, expected] of Object.entries(EXPECTED)) {
  Deno.test(`${framework} in Chromium: draws, mounts, and leaves nothing behind`, async (t) => {
    const code = framework === "svelte"
      ? await withComponents("svelte.ts")
      : await bundle(`pages/${framework}.ts`);
    await withPage(code, async ({ run, said }) => {
      for (const [name, result] of Object.entries(expected)) {
        await t.step(name, async () => assertEquals(await run(name), result));
      }
      await t.step("the console is silent", () => assertEquals(said, []));
    });
  });
}
