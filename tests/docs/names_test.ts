/** The documents name what there is: exports, members, options; and show each feature in code that runs. */
import { assert, assertEquals } from "@std/assert";
import { Context, Machine, Reading } from "../../mod.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, root));

const config = JSON.parse(read("deno.json"));
const pages = [...Deno.readDirSync(new URL("docs/", root))].map(({ name }) => name)
  .filter((name) => name.endsWith(".md"));
const text = pages.map((name) => read(`docs/${name}`)).join("\n");
const code = [...text.matchAll(/^```(?:ts|tsx|vue|svelte|jsx).*?^```/gms)].join("\n");

const missingIn = (where: string, names: readonly string[]) =>
  names.filter((name) => !new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(where)).sort();

/** Members that tools use, and nobody else. */
const INTERNAL = ["constructor", "__v_skip", "waiterCount", "childCount", "runningHandlers"];
const membersOf = (type: { prototype: object }) =>
  Object.getOwnPropertyNames(type.prototype).filter((name) => !INTERNAL.includes(name));

/** The functions, classes and constants that a module and those it re-exports give. */
function valuesOf(path: string): string[] {
  const source = read(path).replaceAll(/\/\*.*?\*\//gs, "");
  return [
    ...[...source.matchAll(/^export (?:async )?(?:function\*?|class|const) (\w+)/gm)]
      .map(([, name]) => name),
    ...[...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names]) => names.split(","))
      .map((name) => name.trim()).filter((name) => name !== "" && !name.startsWith("type "))
      .map((name) => name.replace(/.* as /, "")),
    ...[...source.matchAll(/^export \* from "([^"]+)"/gm)]
      .flatMap(([, to]) => valuesOf(new URL(to, new URL(path, root)).href.slice(root.href.length))),
  ];
}

Deno.test("exports are found, in each form", () => {
  assert(valuesOf("mod.ts").includes("exclusive"));
  assert(valuesOf("ui/react.ts").includes("useMachine"));
  assert(valuesOf("dbg/main.ts").includes("transitionView"));
  assert(!valuesOf("mod.ts").includes("MachineOptions"));
});

/** Durable flows are asked for as soon as they have a page. */
const hasPage = (path: string) => !/^(\.\/)?durable\//.test(path) || pages.includes("durable.md");

/** What programs are written with: all but the parts of the debugger, which is a program itself. */
const entries = Object.entries<string>(config.exports)
  .filter(([entry, path]) => entry !== "./dbg" && hasPage(path));

for (const [entry, path] of entries) {
  Deno.test(`the documents name each function, class and constant of ${entry}`, () => {
    assertEquals(missingIn(text, valuesOf(path)), []);
  });
}

Deno.test("the documents name each member of a machine and of a context", () => {
  const members = [Machine, Reading, Context].flatMap(membersOf);
  assert(members.length > 60);
  assertEquals(missingIn(text, members), []);
});

/** The first cells of the rows of the table under a heading. */
const tableOf = (page: string, heading: string) =>
  read(page).split(`\n## ${heading}\n`)[1].split(/\n## /)[0].split("\n")
    .map((line) => line.match(/^\| `(\w+)`/)?.[1]).filter((name) => name !== undefined);

Deno.test("the manual's table has every option of a machine, and no other", () => {
  const body =
    read("machine/options.ts").split("export interface MachineOptions")[1].split("\n}")[0];
  const options = [...body.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  assert(options.length > 10);
  assertEquals(tableOf("docs/manual.md", "Options").toSorted(), options.toSorted());
});

/** The modules that a module re-exports from, itself first. */
function modulesOf(path: string): string[] {
  const to = [...read(path).matchAll(/^export (?:type )?(?:\*|\{[^}]*\}) from "(\.[^"]+)"/gm)]
    .map(([, to]) => new URL(to, new URL(path, root)).href.slice(root.href.length));
  return [path, ...to.flatMap(modulesOf)];
}

Deno.test("the documents name each field of each interface of options that is exported", () => {
  const wrong = new Set<string>();
  let seen = 0;
  for (const [, path] of entries) {
    const modules = [...new Set(modulesOf(path))].filter(hasPage).map(read);
    const exported = new Set(
      modules.flatMap((
        source,
      ) => [...source.matchAll(/\btype (\w+Options)\b|^ {2}(\w+Options),$/gm)])
        .map(([, one, other]) => one ?? other),
    );
    for (const source of modules) {
      for (
        const [, name, body] of source.matchAll(
          /^export interface (\w+Options)\b[^{]*\{(.*?)^\}/gms,
        )
      ) {
        if (!exported.has(name)) continue;
        seen++;
        const fields = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => field);
        for (const field of missingIn(text, fields)) wrong.add(`${name}.${field}`);
      }
    }
  }
  assert(seen > 15, `${seen} interfaces`);
  assertEquals([...wrong], []);
});

/** The long options that a program's help tells. */
async function optionsOf(program: string, ...command: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${program}/main.ts`, ...command, "--help"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  return [...new TextDecoder().decode(stdout).matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)]
    .map(([, name]) => name);
}

for (
  const [program, commands] of [
    ["dbg", ["", "list", "show", "tail", "export"]],
    ["gen", ["", "states-file", "handlers", "diagram", "check", "import", "grafana"]],
  ] as const
) {
  Deno.test(`docs/${program}.md names each option of ${program}`, async () => {
    const page = read(`docs/${program}.md`);
    const all = await Promise.all(
      commands.map((command) => optionsOf(program, ...command === "" ? [] : [command])),
    );
    assert(all.every((options) => options.length > 0));
    const missing = all.map((options, at) => [
      commands[at],
      ...options.filter((name) => !page.includes(`--${name}`)),
    ]).filter((row) => row.length > 1);
    assertEquals(missing, []);
  });
}

Deno.test("each feature is shown in code that runs", () => {
  const features = [
    "timeouts: {",
    "timers\\(\\)",
    "addAfter",
    "e\\.sleep",
    "[cC]ontext(?:\\(.*\\))?\\.sleep",
    'multi: "latest"',
    "event: true",
    "exclusive\\(",
    "e\\.with\\(",
    "ask\\(",
    "e\\.ask\\(",
    "returns<",
    "RefusedError",
    "subscribe\\(",
    "whenAny\\(",
    "orError: true",
    "drainLimit",
    "DrainLimitError",
    "onDispose\\(",
    "whenDisposed\\(",
    "disposeAsync\\(",
    "args\\.required<",
    "MachineWith<",
    "Readable<",
    "importTime\\(",
    "exportTime\\(",
    "resume\\(",
    "e\\.resumed",
    "TimeoutError",
    "canAdd\\(",
    "explain\\(",
    "setSchema\\(",
    "whenArgs\\(",
    "whenTime\\(",
    "whenTick\\(",
    "whenTicks\\(",
    "whenQuery\\(",
    "whenErr\\(",
    "pipe\\(",
    "keep: true",
    "PipeLoopError",
    "pipeErrors\\(",
    "whenChildren\\(",
    "useMachine\\(",
    "useStates\\(",
    "useTick\\(",
    "useArgs\\(",
    "assertStates\\(",
    "assertNoError\\(",
    "settled\\(",
    "explore\\(",
  ];
  assertEquals(features.filter((feature) => !new RegExp(feature).test(code)), []);
});
