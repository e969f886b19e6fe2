import { assertEquals } from "@std/assert";
import { basename, dirname, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { gen, inFolder, ROOT, run } from "./run_gen.ts";

const FOLDERS = ["", "src", "lib/deep", "my states #1"];

/** A path as a module names it, whatever the folder of this checkout is called. */
const named = (path: string) => path.replaceAll(/[%?#]/g, encodeURIComponent);

/** How the library can be given, for a file in a folder. */
const LIBRARIES: Readonly<Record<string, (folder: string) => string | undefined>> = {
  "the import map": () => undefined,
  "a relative path": (folder) => named(`${relative(folder, ROOT)}/mod.ts`),
  "an absolute path": () => named(`${ROOT}/mod.ts`),
  "a URL": () => pathToFileURL(`${ROOT}/mod.ts`).href,
};

Deno.test("gen writes imports that resolve, from and to each folder, for each kind of library and option", async () => {
  await inFolder(async (top) => {
    const files: string[] = [];
    const made = async (args: (string | undefined)[], out: string) => {
      const library = args.pop();
      const all = [
        ...args as string[],
        ...library === undefined ? [] : ["--library", library],
        "--out",
        out,
      ];
      const { code, err } = await gen(all, { cwd: top });
      assertEquals([code, err.replaceAll(/^gen: not expressed.*\n/gm, "")], [0, ""], all.join(" "));
      files.push(`${top}/${out}`);
    };
    const json = `${top}/states.json`;
    await Deno.writeTextFile(
      json,
      '{"Foo":{"require":["in progress"]},"in progress":{"multi":true}}',
    );
    await Deno.writeTextFile(
      `${top}/xstate.json`,
      '{"initial":"a","states":{"a":{"on":{"GO":"b"}},"b":{}}}',
    );
    for (const folder of FOLDERS) await Deno.mkdir(`${top}/${folder}`, { recursive: true });
    const jobs = FOLDERS.flatMap((folder, i) =>
      Object.values(LIBRARIES).map((library, k) => async () => {
        const at = folder === "" ? "" : `${folder}/`;
        const address = library(`${top}/${folder}`);
        const states = `${at}states_${k}.ts`, named = `${at}server_${k}.ts`;
        await made(["states-file", "Foo,Bar:multi", "-r", "Foo>Bar", address], states);
        await made(
          [
            "states-file",
            "Foo,Bar",
            "-n",
            "Server",
            "-g",
            "One,my group",
            "-i",
            "basic,connected",
            "-r",
            "Foo>Ready",
            address,
          ],
          named,
        );
        await made(["import", "xstate.json", "-n", "Lamp", address], `${at}lamp_${k}.ts`);
        // Of each folder to the one after it, and within it.
        for (const other of [folder, FOLDERS[(i + 1) % FOLDERS.length]]) {
          const to = other === "" ? "" : `${other}/`;
          const where = library(`${top}/${other}`);
          const from = other === folder ? "own" : `from_${i}`;
          await made(["handlers", states, where], `${to}${from}_${k}.ts`);
          await made(
            ["handlers", `./${named}`, "-n", "Own", "-e", "serverSchema", where],
            `${to}${from}_server_${k}.ts`,
          );
          await made(["handlers", json, "-n", "Plain", where], `${to}${from}_json_${k}.ts`);
        }
      })
    );
    for (let at = 0; at < jobs.length; at += 4) {
      await Promise.all(jobs.slice(at, at + 4).map((job) => job()));
    }
    assertEquals(files.length, FOLDERS.length * 4 * 9);
    const { code, err } = await run(Deno.execPath(), ["check", ...files]);
    assertEquals([code, err.replaceAll(/^Check .*\n/gm, "")], [0, ""]);
  });
});

Deno.test("gen handlers prints imports for the folder that it runs in", async () => {
  await inFolder(async (top) => {
    await Deno.mkdir(`${top}/src`);
    assertEquals((await gen(["states-file", "Foo", "--out", "states.ts"], { cwd: top })).code, 0);
    const { out } = await gen(["handlers", "../states.ts"], { cwd: `${top}/src` });
    await Deno.writeTextFile(`${top}/src/handlers.ts`, out);
    const absolute = await gen(["handlers", `${top}/states.ts`], { cwd: `${top}/src` });
    assertEquals(absolute.out, out);
    const outside = await gen(["handlers", `${basename(top)}/states.ts`], { cwd: dirname(top) });
    await Deno.writeTextFile(`${dirname(top)}/.tmp_handlers.ts`, outside.out);
    const { code, err } = await run(Deno.execPath(), [
      "check",
      `${top}/src/handlers.ts`,
      `${dirname(top)}/.tmp_handlers.ts`,
    ]);
    await Deno.remove(`${dirname(top)}/.tmp_handlers.ts`);
    assertEquals(code, 0, err);
  });
});

Deno.test("gen handlers takes any export of any name", async () => {
  await inFolder(async (top) => {
    const source = `import { defineSchema } from "@asyncmachine/asyncmachine";
export const States = defineSchema({ Foo: {} });
export const Event = States;
const odd = States;
export { odd as "my schema" };
export default States;
`;
    await Deno.writeTextFile(`${top}/odd.ts`, source);
    const files: string[] = [];
    for (const [i, name] of ["States", "Event", "my schema", "default"].entries()) {
      files.push(`${top}/h${i}.ts`);
      const { code, err } = await gen(["handlers", "odd.ts", "-e", name, "-o", `h${i}.ts`], {
        cwd: top,
      });
      assertEquals([code, err], [0, ""]);
    }
    const { code, err } = await run(Deno.execPath(), ["check", ...files]);
    assertEquals(code, 0, err);
  });
});
