import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  checkSchema,
  importOriginal,
  importXState,
  InputError,
  mermaid,
  parseRelations,
  parseStates,
  statesFile,
  svg,
} from "../../gen/main.ts";
import { defineSchema, Machine, mergeSchemas, type Schema, StateUnknownError } from "../../mod.ts";
import { basic, connected } from "../../schemas/mod.ts";
import { MachineHandlers } from "./golden/handlers.ts";
import { type FooHandlers, type Name, names, schema } from "./golden/states_file.ts";
import * as big from "./schemas/debugger.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GOLDEN = fileURLToPath(new URL("golden/", import.meta.url));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function gen(
  args: readonly string[],
  permissions = ["-A"],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...permissions, "gen/main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Runs `deno` for a file; its output when it fails. */
async function deno(...args: string[]): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  return success ? "" : new TextDecoder().decode(stderr);
}

const GOLDENS: Readonly<Record<string, readonly string[]>> = {
  "states_file.ts": ["states-file", "Foo,Bar"],
  "handlers.ts": ["handlers", "./golden/states_file.ts"],
  "inherited.ts": [
    "states-file",
    "Serving:multi,draining",
    "--inherit",
    "basic,connected",
    "--name",
    "Server",
    "--groups",
    "Work",
    "--relations",
    "Serving>Ready,Serving>Connected,Draining-Serving",
  ],
  "debugger.mmd": ["diagram", "tests/gen/schemas/debugger.ts"],
  "neighborhood.mmd": ["diagram", "tests/gen/schemas/peer.ts", "--state", "Connected"],
  "peer.svg": ["diagram", "tests/gen/schemas/peer.ts", "--format", "svg"],
  "debugger.svg": ["diagram", "tests/gen/schemas/debugger.ts", "--format", "svg"],
  "faults.json": ["check", "tests/gen/schemas/faults.json", "--json"],
  "original.ts": ["import", "tests/gen/schemas/original.json"],
  "xstate.ts": ["import", "tests/gen/schemas/xstate.json"],
};

for (const [file, args] of Object.entries(GOLDENS)) {
  Deno.test(`gen ${args.join(" ")} prints what it did`, async () => {
    const { out, err, code } = file === "handlers.ts"
      ? await gen(["handlers", "tests/gen/golden/states_file.ts"])
      : await gen(args);
    assertEquals(code, file === "faults.json" ? 1 : 0, err);
    const text = out.replaceAll("./tests/gen/golden/states_file.ts", "./states_file.ts");
    // To accept a change: GOLDEN=write deno test -A tests/gen
    if (Deno.env.get("GOLDEN") === "write") await Deno.writeTextFile(GOLDEN + file, text);
    assertEquals(text, await Deno.readTextFile(GOLDEN + file));
  });
}

Deno.test("gen output is formatted, linted and compiles", async () => {
  const files = Object.keys(GOLDENS).filter((file) => file.endsWith(".ts"))
    .map((file) => GOLDEN + file);
  assertEquals(await deno("fmt", "--check", ...files), "");
  assertEquals(await deno("lint", ...files), "");
  assertEquals(await deno("check", ...files), "");
});

Deno.test("A states file is used as it is printed", () => {
  const machine = new Machine(schema);
  const seen: Name[] = [];
  const handlers: FooHandlers = { FooState: () => void seen.push("Foo") };
  machine.bindHandlers(handlers);
  machine.bindHandlers(new MachineHandlers());
  assertEquals(machine.add([names.Foo, names.Bar]), "executed");
  assertEquals(machine.toString(), "(Foo:1 Bar:1)");
  assertEquals(seen, ["Foo"]);
});

Deno.test("statesFile keeps what a person wrote when there are more states", async () => {
  const folder = await Deno.makeTempDir({ dir: ROOT + "tests/gen", prefix: ".tmp_" });
  try {
    const file = `${folder}/states.ts`;
    assertEquals((await gen(["states-file", "Foo,Bar", "-g", "All", "-o", file])).code, 0);
    const edited = (await Deno.readTextFile(file))
      .replace(
        "  Foo: {},",
        '  // why it is so: "}"\n  Foo: { require: ["Bar"], args: args<{ id: number }>() },',
      )
      .replace("All: []", 'All: ["Foo"]')
      .replace(
        "/**\n * The states of a machine.",
        'import { args } from "@asyncmachine/asyncmachine";\n\n/**\n * My states.',
      ) +
      "\nexport const mine = 1;\n";
    await Deno.writeTextFile(file, edited);
    const more = [
      "states-file",
      "Foo,Bar:multi,Baz:auto",
      "-r",
      "Baz>Foo",
      "-g",
      "All,Some",
      "-o",
      file,
    ];
    assertEquals((await gen([...more, "--check"])).code, 1);
    assertEquals((await gen(more)).code, 0);
    const text = await Deno.readTextFile(file);
    assertStringIncludes(text, " * My states.");
    assertStringIncludes(text, "export const mine = 1;");
    assertStringIncludes(text, '  // why it is so: "}"\n');
    assertMatch(
      text,
      /Foo: \{ require: \["Bar"\], args: args<\{ id: number \}>\(\) \},\n {2}Bar: \{ multi: true \},\n {2}Baz: \{ auto: true, require: \["Foo"\] \},/,
    );
    assertMatch(text, /All: \["Foo"\],\n {2}Some: \[\],/);
    assertStringIncludes(text, "export type BazHandlers");
    assertEquals(await deno("check", file), "");
    assertEquals((await gen([...more, "--check"])).code, 0, "nothing has drifted now");
    const again = await gen(["states-file", "Foo", "-o", file]);
    assertEquals(
      [again.code, await Deno.readTextFile(file)],
      [0, text],
      "fewer states take none away",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("gen makes a states file and a diagram of 1000 states, and the file compiles", async () => {
  const folder = await Deno.makeTempDir({ dir: ROOT + "tests/gen", prefix: ".tmp_" });
  try {
    const all = Array.from({ length: 1000 }, (_, i) => `State${i}X${i % 3 === 0 ? ":multi" : ""}`);
    const relations = Array.from({ length: 500 }, (_, i) => `State${i * 2}X>State${i}X`).slice(1);
    const file = `${folder}/states.ts`;
    const made = await gen(["states-file", all.join(), "-r", relations.join(), "-o", file]);
    assertEquals([made.code, made.err], [0, ""]);
    for (const format of ["mermaid", "svg"]) {
      const drawn = await gen(["diagram", file, "--format", format]);
      assertEquals([drawn.code, drawn.err], [0, ""]);
      assertStringIncludes(drawn.out, "State999X");
    }
    assertEquals(await deno("check", file), "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("gen handles the schemas of the examples with every command", async () => {
  for await (const { name, isFile } of Deno.readDir(ROOT + "examples")) {
    if (!isFile) continue;
    const file = `examples/${name}`;
    for (const args of [["check"], ["diagram"], ["diagram", "-F", "svg"], ["handlers"]]) {
      const { code, out, err } = await gen([args[0], file, ...args.slice(1)]);
      assertEquals([code, err], [0, ""], `${args} ${file}`);
      assert(out.length > 20);
    }
  }
  for (const name of ["debugger", "peer", "simulator"]) {
    const file = `tests/gen/schemas/${name}.ts`;
    const handlers = await gen(["handlers", file]);
    assertEquals([handlers.code, handlers.err], [0, ""]);
    const checked = await gen(["check", file]);
    // A host that connects while another connection begins or ends: its `add` does nothing.
    const weak = checked.out.match(/^weak-add: EventHostConnected adds Connected/gm) ?? [];
    assertEquals(
      [checked.code, checked.err, weak.length],
      name === "peer" ? [1, "", 2] : [0, "", 0],
    );
    const { schema }: { schema: Schema } = await import(`./schemas/${name}.ts`);
    const source = statesFile({
      states: Object.entries(schema).map(([name, state]) => ({ name, state })),
    });
    for (const state of Object.keys(schema)) assertStringIncludes(source, `${state}Handlers`);
  }
});

Deno.test("checkSchema finds every seeded fault and nothing else", async () => {
  const faults = JSON.parse(
    await Deno.readTextFile(new URL("schemas/faults.json", import.meta.url)),
  );
  const found = checkSchema(faults).findings.map(({ kind, states }) =>
    `${kind} ${states.join(" ")}`
  );
  assertEquals(found.sort(), [
    "auto-fight Left Right",
    "contradiction Deep Wrecker Base",
    "contradiction Needy Day Night",
    "never-active Hopeless Needy",
    "never-leaves Forever",
    "useless-relation Late Early",
  ]);
});

Deno.test("mergeSchemas keeps the types of the ready-made schemas", () => {
  const machine = new Machine(mergeSchemas(basic, connected, { Own: { require: ["Ready"] } }), {
    printErrors: false,
  });
  machine.add(["Start", "Ready", "Own"]);
  // @ts-expect-error: there is no such state
  assertThrows(() => machine.add("Strat"));
  machine.addErr(new Error("down"), { state: "ErrNetwork" });
  assertEquals(machine.is(["Own", "ErrNetwork", "Exception"]), true);
});

Deno.test("statesFile refuses names that cannot work, with the reason", () => {
  const refused: [string, string][] = [
    ["", "No states"],
    [" , ", "No states"],
    ["Foo,foo", "given twice"],
    ["1st", "expected letters and digits"],
    ["F*o", "expected letters and digits"],
    ["Any", "reserved"],
    ["Exception", "reserved"],
    ["Foo,State", "reserved"],
    ["Foo,FooState", "ambiguous"],
    ["Foo:often", 'Unknown property "often"'],
    ["A,AB,B,BB", "ambiguous"],
  ];
  for (const [list, message] of refused) {
    assertStringIncludes(assertThrows(() => parseStates(list), InputError).message, message);
  }
  assertEquals(parseStates("file-processed, in progress:multi").map(({ name }) => name), [
    "FileProcessed",
    "InProgress",
  ]);
  const states = parseStates("Foo,Bar");
  const wrong: [() => unknown, string][] = [
    [() => statesFile({ states, inherit: ["basics"] }), "known are basic, connected"],
    [() => statesFile({ states, relations: parseRelations("Foo>Baz") }), '"Baz"'],
    [() => statesFile({ states, relations: parseRelations("Baz>Foo") }), "not generated"],
    [
      () => statesFile({ states, relations: parseRelations("Foo>Bar,Foo-Bar") }),
      "requires and removes",
    ],
    [() => parseRelations("Foo Bar"), "expected Foo>Bar"],
    [() => parseRelations("{"), "Cannot read the JSON"],
    [() => statesFile({ states, existing: "const x = 1;" }), "not a states file"],
    [() => statesFile({ states: parseStates("Start"), inherit: ["basic"] }), ""],
  ];
  for (const [make, message] of wrong.slice(0, -1)) {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    assertStringIncludes(String(thrown), message);
  }
});

Deno.test("mermaid and svg draw what a schema says, and only that", () => {
  const small = defineSchema({
    A: { add: ["B"], remove: ["C"] },
    B: { auto: true },
    C: { remove: ["A"] },
  });
  assertEquals(
    mermaid(small, { groups: { Ends: ["A", "C"] } }),
    `flowchart LR
  subgraph group_0["Ends"]
    A["A"]
    C["C"]
  end
  B(["B · auto"])
  A -->|add| B
  A x--x|remove| C
`,
  );
  assertThrows(() => mermaid(small, { state: "D" }), StateUnknownError, 'Unknown state "D"');
  const picture = svg(big.schema, { groups: big.groups });
  for (const state of Object.keys(big.schema)) assertMatch(picture, new RegExp(`>${state}( ·|<)`));
  assertEquals(picture, svg(big.schema, { groups: big.groups }));
});

Deno.test("importOriginal and importXState refuse what they cannot read", () => {
  assertThrows(() => importOriginal([]), InputError, "expected an object");
  assertThrows(() => importOriginal({ A: 1 }), InputError, 'state "A" is not an object');
  assertThrows(() => importOriginal({ A: { Add: [1] } }), InputError, "A.add");
  assertThrows(() => importXState({ initial: "a" }), InputError, '"states" is missing');
  assertThrows(
    () => importXState({ initial: "b", states: { a: {} } }),
    InputError,
    'initial state "b"',
  );
});

Deno.test("gen refuses bad input in one line, with exit code 2, and overwrites nothing", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/own.ts`;
  await Deno.writeTextFile(file, "export const own = 1;\n");
  const wrong: [string[], RegExp][] = [
    [["states-file"], /^gen: Missing argument/],
    [["states-file", ""], /No states/],
    [["states-file", "F#o"], /Invalid state name/],
    [["states-file", "Foo", "--out", folder], /it is a directory/],
    [["states-file", "Foo", "--out", `${folder}/none/states.ts`], /Cannot/],
    [["states-file", "Foo", "--out", file], /no states file/],
    [["states-file", "Foo", "--check"], /--out FILE/],
    [["states-file", "Foo", "--bogus"], /bogus/],
    [["states-file", "Foo", "--relations", `${folder}/none.json`], /no such file/],
    [["handlers", file], /Cannot find the schema/],
    [["handlers", `${folder}/none.ts`], /no such file/],
    [["diagram", "tests/gen/schemas/peer.ts", "--format", "png"], /mermaid, svg/],
    [["diagram", "tests/gen/schemas/peer.ts", "--state", "Nope"], /Unknown state "Nope"/],
    [["diagram", "tests/gen/schemas/peer.ts", "--out", file], /--force/],
    [["check", "tests/gen/schemas/peer.ts", "--max-configurations", "many"], /integer/],
    [["check", "README.md"], /Cannot load/],
    [["import", file], /Cannot read/],
    [["grafana"], /--ids|ids/],
    [["grafana", "--ids", ","], /No machines/],
    [["grafana", "--ids", "a", "--grafana-url", "localhost"], /GRAFANA_TOKEN|http/],
    [["bogus"], /bogus/],
  ];
  for (const [args, message] of wrong) {
    const { code, out, err } = await gen(args);
    assertEquals([code, out], [2, ""], `${args}: ${err}`);
    assertMatch(err, message);
    assertEquals(err.trim().split("\n").length, 1, err);
  }
  const denied = await gen(["states-file", "Foo", "--out", `${folder}/new.ts`], [
    "--allow-read",
    "--allow-run",
    "--allow-env",
  ]);
  assertEquals([denied.code, denied.out], [2, ""], denied.err);
  assertMatch(denied.err, /permission denied/);
  assertEquals(await Deno.readTextFile(file), "export const own = 1;\n");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("gen grafana prints a dashboard and pushes it with the token", async () => {
  const { code, out, err } = await gen(["grafana", "--ids", "web, worker", "--name", "Shop"]);
  assertEquals([code, err], [0, ""]);
  assertEquals(JSON.parse(out).title, "Shop");
  assertStringIncludes(out, "worker");
  const seen: unknown[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      seen.push(request.headers.get("authorization"), (await request.json()).dashboard.title);
      return Response.json({ url: "/d/shop" });
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const pushed = await gen(["grafana", "--ids", "a", "-n", "Shop", "-g", url], ["-A"], {
    GRAFANA_TOKEN: "t0",
  });
  assertEquals([pushed.code, pushed.out, pushed.err], [0, `${url}/d/shop\n`, ""]);
  assertEquals(seen, ["Bearer t0", "Shop"]);
  await server.shutdown();
  const refused = await gen(["grafana", "--ids", "a", "-g", url], ["-A"], { GRAFANA_TOKEN: "t0" });
  assertEquals([refused.code, refused.err.trim().split("\n").length], [2, 1], refused.err);
});

Deno.test("gen helps", async () => {
  for (
    const command of [[], ["--help"], ["states-file", "--help"], ["completions", "bash"], [
      "--version",
    ]]
  ) {
    const { code, out, err } = await gen(command);
    assertEquals([code, err], [0, ""], String(command));
    assert(out.length > 3);
  }
  assertStringIncludes((await gen(["completions", "fish"])).out, "states-file");
});
