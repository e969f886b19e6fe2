import { fileURLToPath, pathToFileURL } from "node:url";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXPORTS, NODE, packageJson, PEERS } from "../../npm/package.ts";
import { EXAMPLE, EXPECTED } from "../bundled_example.ts";
import { Project } from "./project.ts";

const NAME = "@asyncmachine/asyncmachine";
const PROGRAM = `import { Machine } from "${NAME}";\n${EXAMPLE}\nconsole.log(found);`;
const peers = (versions: Readonly<Record<string, string>>) =>
  Object.entries(versions).map(([name, version]) => `${name}@${version}`);
/** The lowest versions that the ranges allow. */
const lowest = Object.fromEntries(
  Object.entries(PEERS).map(([name, range]) => [name, range.match(/\d+\.\d+\.\d+/)![0]]),
);
const subpaths = Object.keys(EXPORTS).map((subpath) => NAME + subpath.slice(1));

/** The short form has the same cases, of fewer versions. */
const SHORT = Deno.env.get("AM_NPM_SHORT") === "1";
const few = <T>(all: readonly T[], short: readonly T[]) => SHORT ? short : all;

/** Everything that is installed. */
async function installed(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(`${folder}/node_modules`)) {
    if (!name.startsWith(".")) names.push(name);
  }
  return names.sort();
}

Deno.test("the npm package as it is installed", async (t) => {
  await using project = await Project.make();
  const folder = `${project.folder}/node_modules/${NAME}`;

  await t.step("brings nothing else, and no part of it is an adapter's source", async () => {
    assertEquals(await installed(project.folder), ["@asyncmachine"]);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    for (const name of ["links", "tests", "bench", "node_modules"]) {
      assertEquals(names.includes(name), false, name);
    }
    const licenses = await Deno.readTextFile(`${folder}/LICENSES_OF_PARTS.txt`);
    for (const part of ["commander", "@babel/parser", "@dagrejs/dagre", "string-width"]) {
      assertStringIncludes(licenses, `${part}/`);
    }
    const json = JSON.parse(await packageJson());
    assertEquals(json.dependencies, undefined);
    assertEquals(
      Object.keys(json.peerDependenciesMeta).sort(),
      Object.keys(json.peerDependencies).sort(),
    );
  });

  await t.step("no module has a sign of this checkout, or `using`", async () => {
    const checkout = fileURLToPath(new URL("../../", import.meta.url)).slice(0, -1);
    const found = await project.run(
      "grep",
      "-rnE",
      `^\\s*(await )?using |${checkout}|/\\.cache/deno`,
      "--include=*.js",
      `node_modules/${NAME}`,
    );
    assertEquals(found.out, "");
    assertEquals(found.code, 1);
  });

  await t.step("each link of its documents leads somewhere", async () => {
    const missing: string[] = [];
    const look = async (file: string) => {
      const text = await Deno.readTextFile(`${folder}/${file}`);
      for (const [, to] of text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(to)) continue;
        const url = new URL(to, pathToFileURL(`${folder}/${file}`));
        if (!await Deno.stat(url).then(() => true, () => false)) missing.push(`${file}: ${to}`);
      }
    };
    for (const file of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]) await look(file);
    for (const { name } of Deno.readDirSync(`${folder}/docs`)) {
      if (name.endsWith(".md")) await look(`docs/${name}`);
    }
    assertEquals(missing, []);
  });
});

const LOWEST_NODE = NODE.match(/[\d.]+/)![0];

if (!SHORT) {
  Deno.test("the npm package runs in the lowest Node, but for SQLite, which it lacks", async () => {
    await using project = await Project.make(`node@${LOWEST_NODE}`, ...peers(lowest));
    await project.write("main.js", PROGRAM);
    assertEquals(await project.prints("node", "main.js"), EXPECTED);
    await project.write(
      "all.js",
      `for (const path of ${JSON.stringify(subpaths)}) {
         await import(path).catch((error) => console.log(path, error.message));
       }`,
    );
    assertEquals(
      await project.prints("node", "all.js"),
      `${NAME}/telemetry/history/sqlite No such built-in module: node:sqlite`,
    );
    const made = await project.run("asyncmachine-gen", "states-file", "Foo,Bar");
    assertEquals({ code: made.code, err: made.err }, { code: 0, err: "" });
    assertStringIncludes(made.out, "Foo");
  });
}

const NODES = few(["node@22", "node@24"], ["node@22"]);
for (const runtime of [...NODES, "bun"]) {
  const program = runtime.split("@")[0];

  Deno.test(`the npm package runs in ${runtime}: library, each export, gen`, async () => {
    await using project = await Project.make(runtime, ...peers(lowest));
    await project.write("main.js", PROGRAM);
    assertEquals(await project.prints(program, "main.js"), EXPECTED);

    const imports = subpaths.map((path) =>
      `const m = await import("${path}"); if (Object.keys(m).length < 1) throw 1;`
    );
    await project.write("all.js", imports.map((line) => `{ ${line} }`).join("\n"));
    const all = await project.run(program, "all.js");
    assertEquals({ ...all, err: all.err.replaceAll(/.*(SQLite|--trace-warnings).*\n/g, "") }, {
      code: 0,
      out: "",
      err: "",
    });

    const gen = program === "bun"
      ? ["bun", `node_modules/${NAME}/npm/gen.js`]
      : ["asyncmachine-gen"];
    const tool = (...args: string[]) => project.run(gen[0], ...gen.slice(1), ...args);
    const help = await tool("--help");
    assertEquals(help.code, 0, help.err);
    assertStringIncludes(help.out, "states-file");
    const made = await tool("states-file", "Foo,Bar:auto", "--relations", "Bar>Foo", "-o", "s.ts");
    assertEquals(made.code, 0, made.err);
    const again = await tool("states-file", "Foo,Bar:auto,Baz", "-o", "s.ts");
    assertEquals(again.code, 0, again.err);
    assertStringIncludes(await Deno.readTextFile(`${project.folder}/s.ts`), "Baz");
    const diagram = await tool("diagram", "s.ts");
    assertEquals(diagram.code, 0, diagram.err);
    assertMatch(diagram.out, /Foo[^]*Baz/);
    const bad = await tool("states-file", "Foo,Foo");
    assertEquals(bad.code, 2);
    assertMatch(bad.err, /^gen: [^\n]*\n$/);
  });
}

Deno.test("asyncmachine-dbg says in a line that it needs Deno, and runs with it", async () => {
  await using without = await Project.make("node@22");
  const only = `PATH=${without.bins[0]}`;
  const program = `${without.folder}/node_modules/.bin/asyncmachine-dbg`;
  const missing = await without.run("env", only, "node", program, "--version");
  assertEquals(missing.code, 2);
  assertMatch(missing.err, /^dbg: the debugger needs Deno [^\n]*\n$/);

  // Its own Deno; in the short form, that of the path.
  await using project = await Project.make("node@22", ...few(["deno@2.9.6"], []));
  assertStringIncludes(await project.prints("asyncmachine-dbg", "--help"), "export");
  const { version } = JSON.parse(await packageJson());
  assertStringIncludes(await project.prints("asyncmachine-dbg", "--version"), version);
  const bad = await project.run("asyncmachine-dbg", "--listen", "nowhere");
  assertEquals(bad.code, 2);
  assertMatch(bad.err, /^[^\n]*\n$/);
});

for (const api of few(["1.3.0", "1.9.1", "1.10.0"], ["1.10.0"])) {
  Deno.test(`spans arrive from npm with an SDK on version ${api} of the API`, async () => {
    // The SDK takes 1.10 only when told to.
    const sdk = [
      "@opentelemetry/sdk-trace-base@2",
      `@opentelemetry/api@${api}`,
      "--legacy-peer-deps",
    ];
    await using project = await Project.make("node@22", ...sdk);
    await project.write(
      "main.js",
      `import { trace } from "@opentelemetry/api";
       import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor }
         from "@opentelemetry/sdk-trace-base";
       import { Machine } from "${NAME}";
       import { traceMachine } from "${NAME}/telemetry/otel";
       const exporter = new InMemorySpanExporter();
       trace.setGlobalTracerProvider(
         new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
       const machine = new Machine({ Foo: {} }, { id: "x" });
       const binding = traceMachine(machine);
       machine.add("Foo");
       binding.unbind();
       console.log(exporter.getFinishedSpans().map(({ name }) => name).join());`,
    );
    const printed = await project.prints("node", "main.js");
    assertEquals(printed, "mach:x,states,transitions,[add] Foo,Foo");
  });
}

Deno.test("Vite bundles the npm package for browsers, without anything of Node", async () => {
  await using project = await Project.make("vite", "node@22");
  await project.write("main.js", PROGRAM.replace("console.log(found)", "globalThis.found = found"));
  await project.write("index.html", `<script type="module" src="./main.js"></script>`);
  const built = await project.run("node", "node_modules/vite/bin/vite.js", "build");
  assertEquals(built.code, 0, built.err);
  assertEquals(built.err, "");
  const [{ name }] = [...Deno.readDirSync(`${project.folder}/dist/assets`)];
  const text = await Deno.readTextFile(`${project.folder}/dist/assets/${name}`);
  assertEquals(/node:|require\(/.test(text), false);
  // A browser's globals are enough: neither process nor Buffer.
  await project.write(
    "run.js",
    `globalThis.document = { createElement: () => ({ relList: { supports: () => true } }) };
     delete globalThis.process; delete globalThis.Buffer;
     await import("./dist/assets/${name}"); console.log(globalThis.found);`,
  );
  assertEquals(await project.prints("node", "run.js"), EXPECTED);
});

const CONSUMER = `
import { args, defineSchema, Machine, type Handlers } from "${NAME}";
import { basic } from "${NAME}/schemas";
import { trackHistory } from "${NAME}/telemetry/history";
import { traceMachine } from "${NAME}/telemetry/otel";
import { bindMachine } from "${NAME}/telemetry/prometheus";
import { assertStates } from "${NAME}/testing";

export const schema = defineSchema({
  Foo: { add: ["Bar"], args: args<{ id: number }>() },
  Bar: { multi: true },
});
export const machine = new Machine(schema);
export const other = new Machine(basic);
export class Files {
  readonly machine = new Machine({ Open: {}, Closed: {} });
}
machine.bindHandlers({ FooState: (e) => void e.args.id?.toFixed() });
machine.add("Foo", { id: 1 });
// @ts-expect-error: an unknown state
machine.add("Fo");
// @ts-expect-error: a wrong argument
machine.add("Foo", { id: "1" });
assertStates(machine, ["Foo", "Bar"]);
export { bindMachine, traceMachine, trackHistory };
export type { Handlers };
`;

for (const typescript of few(["5.4.5", "5.9", "6"], ["6"])) {
  Deno.test(`TypeScript ${typescript} takes the npm package's types`, async () => {
    await using project = await Project.make(`typescript@${typescript}`, ...peers(lowest));
    await project.write("main.ts", CONSUMER);
    const bundler = ["esnext", "bundler"], node = ["nodenext", "nodenext"];
    for (const [module, resolution] of few([bundler, node], [node])) {
      await project.write(
        "tsconfig.json",
        JSON.stringify({
          files: ["main.ts"],
          compilerOptions: {
            strict: true,
            exactOptionalPropertyTypes: true,
            noUncheckedIndexedAccess: true,
            declaration: true,
            outDir: `out_${resolution}`,
            target: "es2022",
            lib: ["es2022", "dom", "esnext.disposable"],
            types: [],
            module,
            moduleResolution: resolution,
          },
        }),
      );
      assertEquals(await project.prints("tsc", "-p", "."), "");
      const emitted = await Deno.readTextFile(`${project.folder}/out_${resolution}/main.d.ts`);
      assertStringIncludes(emitted, "export declare const machine: Machine<");
    }
  });
}
