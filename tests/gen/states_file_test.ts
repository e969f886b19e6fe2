import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { InputError, parseRelations, parseStates, statesFile } from "../../gen/main.ts";
import { readRegion } from "../../gen/states_region.ts";
import { exportNames, handlersType } from "../../gen/states_source.ts";

const make = (list: string, more: Partial<Parameters<typeof statesFile>[0]> = {}) =>
  statesFile({ states: parseStates(list), ...more });
const again = (
  list: string,
  existing: string,
  more: Partial<Parameters<typeof statesFile>[0]> = {},
) => make(list, { existing, ...more });

/** Every line of a text, in order, is in another one; a comma may have come to its end. */
function assertKeepsLines(before: string, after: string): void {
  const lines = after.split("\n");
  let at = 0;
  for (const line of before.split("\n")) {
    const found = lines.findIndex((one, i) =>
      i >= at && (one === line || one.replace(/,(\s*(?:\/\/.*|\/\*.*)?\r?)$/, "$1") === line)
    );
    assert(found !== -1, `${JSON.stringify(line)} is not in its place in\n${after}`);
    at = found + 1;
  }
}

/** Without white space and commas, what was there is there in its order: nothing is lost or moved. */
function assertKeepsCharacters(before: string, after: string): void {
  let at = 0;
  for (const char of before) {
    const next = after.indexOf(char, at);
    assert(next !== -1, `something is lost or moved: ${JSON.stringify(before)}\n${after}`);
    at = next + char.length;
  }
}

const TOKENS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"[^"]*"|[\w$]+|\s+|./g;
const TABLE = "export const table = [\n  [1,  20],\n    [30, 4 ],\n];";
const STATES = ["Foo", "Bar", "Baz", "Qux", "Quux"];

interface Edit {
  readonly kind: "block" | "line" | "blank" | "quotes" | "no comma" | "join";
  readonly at: number;
}

/** Puts what a person may write anywhere between two words of a file. */
function edited(source: string, edits: readonly Edit[]): string {
  const tokens = source.match(TOKENS)!;
  const first = tokens.findIndex((one) => one.startsWith("// #region"));
  edits.forEach(({ kind, at }, i) => {
    const place = at % tokens.length;
    const here = tokens[place];
    const isSpace = here.trim() === "", isBreak = isSpace && here.includes("\n");
    // Behind a line comment, what stands on its line would belong to it.
    if (tokens[place - 1]?.startsWith("//") && kind !== "blank") return;
    if (kind === "block" && isSpace) tokens[place] = ` /* c${i}: "}" */${here}`;
    if (kind === "line" && isBreak) tokens[place] = ` // c${i}, {'${here}`;
    if (kind === "blank" && isBreak) tokens[place] = `\n\n${here}`;
    if (kind === "quotes" && place > first && /^"\w+"$/.test(here)) {
      tokens[place] = `'${here.slice(1, -1)}'`;
    }
    if (
      kind === "no comma" && here === "," && tokens[place + 1]?.includes("\n") &&
      /^[})]/.test(tokens[place + 2] ?? "")
    ) tokens[place] = "";
    if (
      kind === "join" && isBreak && !tokens[place + 1]?.startsWith("//") &&
      place > first + 1
    ) tokens[place] = " ";
  });
  return tokens.join("");
}

const edits = fc.array(
  fc.record({
    kind: fc.constantFrom<Edit["kind"]>("block", "line", "blank", "quotes", "no comma", "join"),
    at: fc.nat(5_000),
  }),
  { maxLength: 25 },
);
const few = fc.subarray(STATES, { minLength: 1 });
const form = fc.record({
  carriage: fc.boolean(),
  mark: fc.boolean(),
  ended: fc.boolean(),
  around: fc.boolean(),
});

Deno.test("statesFile() keeps every character that a person wrote, wherever it is, and is then done", () => {
  fc.assert(
    fc.property(
      few,
      few,
      fc.constantFrom("", "Server"),
      fc.subarray(["basic", "connected"]),
      fc.subarray(["One", "my group", "größer"]),
      edits,
      form,
      (states, more, name, inherit, groups, changes, { carriage, mark, ended, around }) => {
        const options = { name, inherit };
        let file = edited(make(states.join(), { ...options, groups: groups.slice(1) }), changes);
        // Joined lines may have swallowed a marker's line: such a file is none of gen's any more.
        if (around) {
          file = `#!/usr/bin/env deno\n${TABLE}\n${file}\n${TABLE.replace("table", "other")}\n`;
        }
        if (!ended) file = file.trimEnd();
        if (carriage) file = file.replaceAll("\n", "\r\n");
        if (mark) file = `\ufeff${file}`;
        const same = again(states.join(), file, { ...options, groups: groups.slice(1) });
        assertEquals(same, file, "nothing is missing");
        const result = again(more.join(), file, { ...options, groups });
        assertKeepsCharacters(file, result);
        if (!changes.some(({ kind }) => kind === "join")) assertKeepsLines(file, result);
        assertEquals(again(more.join(), result, { ...options, groups }), result, "twice is once");
        assertEquals(again(more.join(), result, { groups }), result, "what is not said stays");
        assertEquals(result.startsWith("\ufeff"), mark);
        assertEquals(result.endsWith("\n"), file.endsWith("\n"));
        if (carriage) assertEquals(/[^\r]\n/.test(result), false, "line ends");
        const region = readRegion(result.replace(/^\ufeff/, ""));
        for (const state of [...states, ...more]) {
          assert(region.schema.states.has(state), state);
          assert(region.declarations.has(handlersType(name, state)!), state);
          assert(
            region.literals.get(exportNames(name).names)!.properties.some((one) =>
              one.name === state
            ),
          );
        }
        for (const group of groups) {
          assert(
            region.literals.get(exportNames(name).groups)!.properties.some((one) =>
              one.name === group
            ),
          );
        }
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("statesFile() leaves comments with their entries", () => {
  const file = make("Foo,Bar")
    .replace("  Foo: {},", "  /* a */ Foo: {}, // slow!")
    .replace("  Bar: {},", "  Bar: {}, // why Bar\n  // TODO: add Baz") + `${TABLE}\n`;
  assertEquals(again("Foo,Bar", file), file);
  const more = again("Foo,Bar,Baz", file);
  assertStringIncludes(
    more,
    "  /* a */ Foo: {}, // slow!\n  Bar: {}, // why Bar\n  // TODO: add Baz\n  Baz: {},\n});",
  );
  assert(more.endsWith(`${TABLE}\n`));
});

/** What a person may make of the schema, and the states that gen knows of then. */
const SCHEMAS: readonly (readonly [string, readonly string[]])[] = [
  ["defineSchema({\n  Foo: { require: ['Bar'], },\n  'Bar': {}\n})", ["Foo", "Bar"]],
  ['defineSchema({ ...exclusive({ Foo: {}, "Bar": { multi: "latest" } }), Baz: {} })', [
    "Foo",
    "Bar",
    "Baz",
  ]],
  [
    "defineSchema(\n  {\n    Foo: { timeouts: { Bar: 1_000 }, args: args.required<Map<string, { a: 1 }>>() },\n    Bar: { event: true, returns: returns<string>() },\n  } as const,\n)",
    ["Foo", "Bar"],
  ],
  ["mergeSchemas(own, { ['Bar']: {}, [`Baz`]: {} })", ["Foo", "Bar", "Baz"]],
  ["defineSchema({ ...elsewhere, Bar: {} })", ["Foo", "Bar"]],
  ['(defineSchema({ Foo, "in progress": {}, größer: /}"\'/ ? {} : `${`}`}` }) satisfies object)', [
    "Foo",
    "in progress",
    "größer",
  ]],
  ["mergeSchemas(elsewhere, exclusive({ Foo: {}, Bar: {} }))", ["Foo", "Bar"]],
];

for (const [written, known] of SCHEMAS) {
  Deno.test(`statesFile() understands and keeps ${JSON.stringify(written)}`, () => {
    const file = make("Foo").replace(/defineSchema\(\{[^;]*\}\)/, () => written)
      .replace(/$/, "const own = { Foo: {} };\n");
    const result = again("Foo", file);
    assertStringIncludes(result, written);
    assertKeepsCharacters(file, result);
    const region = readRegion(result);
    const names = region.literals.get("names")!.properties.map(({ name }) => name);
    assertEquals(names.toSorted(), known.toSorted());
    for (const state of known) assert(region.declarations.has(handlersType("", state)!), state);
    for (const one of ["args", "returns", "exclusive"]) {
      assertEquals(
        region.imports[0].specifiers.some(({ name }) => name === one),
        region.called.has(one),
        one,
      );
    }
    assertEquals(again("Foo", result), result);
    if (written.endsWith("}))")) {
      assertThrows(() => again("Foo,New", file), InputError, "end its call with an object");
    } else assert(readRegion(again("Foo,New", file)).schema.states.has("New"));
  });
}

Deno.test("statesFile() writes the properties and relations that are given", () => {
  const source = make("Foo:event,Bar:latest,Baz:auto", {
    relations: parseRelations(
      '{"Foo":{"add":["Bar"]},"Bar":{"timeouts":{"Foo":1500}},"Baz":{"after":["Foo"]}}',
    ),
  });
  assertStringIncludes(
    source,
    `  Foo: { event: true, add: ["Bar"] },
  Bar: { multi: "latest", timeouts: { Foo: 1500 } },
  Baz: { auto: true, after: ["Foo"] },`,
  );
});

Deno.test("statesFile() fills a state that says nothing, and no other", () => {
  const file = make("Foo,Bar,Baz").replace("Foo: {}", "Foo: { }").replace(
    "Bar: {}",
    "Bar: { /* none */ }",
  );
  const result = again(
    "Foo:multi,Bar:multi,Baz:multi",
    file.replace("Baz: {}", "Baz: { auto: true }"),
  );
  assertStringIncludes(
    result,
    "Foo: { multi: true },\n  Bar: { /* none */ },\n  Baz: { auto: true },",
  );
});

Deno.test("statesFile() follows a state that is renamed or taken away by hand, but for a person's own lines", () => {
  for (
    const [from, to, left, gone] of [
      ["  Foo: {},", "  Fooo: {},", ["Fooo", "Bar"], "Foo"],
      ["  Bar: {},\n", "", ["Foo"], "Bar"],
      ["  Foo: {},\n  Bar: {},\n", "", [], "Foo"],
    ] as const
  ) {
    for (
      const edit of [
        (text: string) => text,
        (text: string) => text.replace(/,\n\} as const/, "\n} as const"),
      ]
    ) {
      const file = edit(make("Foo,Bar").replace(from, to))
        .replace("/** The handlers of Foo. */", "/** The handlers of Foo. */\n// mine")
        .replace("/** The handlers of Bar. */", "/** Mine, too. */");
      const result = again("New", file);
      const region = readRegion(result);
      const names = region.literals.get("names")!.properties.map(({ name }) => name);
      assertEquals(names.toSorted(), [...left, "New"].toSorted());
      assertEquals(region.declarations.has(`${gone}Handlers`), false);
      assertStringIncludes(result, "// mine");
      assertStringIncludes(result, "/** Mine, too. */");
      assertEquals(again("New", result), result);
    }
  }
  const own = make("Foo").replace(
    '  Foo: "Foo",',
    '  Foo: "Foo",\n  Exception: "Exception",\n  Own: "Own",',
  );
  assertEquals(again("Foo", own), own, "names that only stand among the names are a person's own");
});

Deno.test("statesFile() makes anew what was taken away of its own", () => {
  const file = make("Foo,Bar", { groups: ["All"] });
  const region = readRegion(file);
  for (const [name, { start, end }] of region.declarations) {
    if (name === "schema") continue;
    const without = file.slice(0, start) + file.slice(end);
    const result = again("Foo,Bar", without, { groups: ["All"] });
    assert(readRegion(result).declarations.has(name), name);
    assertEquals(again("Foo,Bar", result, { groups: ["All"] }), result);
  }
  const imported = file.replace(/^import .*\n/m, "");
  assertStringIncludes(
    again("Foo,Bar", imported),
    'import { defineSchema, type StateHandlers, type StatesOf } from "@asyncmachine/asyncmachine";',
  );
});

Deno.test("statesFile() changes the library's address only when it is given", () => {
  const file = make("Foo", { inherit: ["basic"], library: "../mod.ts" });
  assertStringIncludes(file, 'from "../mod.ts";\nimport { basic } from "../schemas/mod.ts";');
  assertEquals(again("Foo", file), file);
  const single = file.replaceAll(/"(\.\.\/.*?)"/g, "'$1'");
  const moved = again("Foo", single, { library: "jsr:@asyncmachine/asyncmachine@^0.1" });
  assertStringIncludes(
    moved,
    "from 'jsr:@asyncmachine/asyncmachine@^0.1';\nimport { basic } from 'jsr:@asyncmachine/asyncmachine@^0.1/schemas';",
  );
});

Deno.test("statesFile() builds upon further schemas", () => {
  let file = make("Foo").replace("Foo: {}", "Foo: { require: ['Ready'] }");
  file = again("Foo", file, { inherit: ["basic"] });
  assertStringIncludes(file, "mergeSchemas(basic, {\n  Foo: { require: ['Ready'] },\n});");
  assertEquals(file.includes("defineSchema"), false);
  file = again("Foo", file, { inherit: ["connected"] });
  assertStringIncludes(file, "mergeSchemas(basic, connected, {");
  assertStringIncludes(
    file,
    'import { basic, connected } from "@asyncmachine/asyncmachine/schemas";',
  );
  assertEquals(again("Foo", file), file);
});

Deno.test("statesFile() finds the region of a name in a file with several", () => {
  const both = make("Foo", { name: "Server" }) + make("Bar", { name: "Client" });
  const result = again("Baz", both, { name: "Client" });
  assertStringIncludes(result, "ClientBazHandlers");
  assertEquals(result.includes("ServerBaz"), false);
  assertThrows(() => again("Baz", both), InputError, 'one of "Server", "Client" as --name');
  assertThrows(() => again("Baz", both, { name: "Other" }), InputError, '--name "Other"');
});

Deno.test("statesFile() reads a file as it may be left in the middle of work, or says where it cannot", () => {
  const file = make("Foo");
  assertStringIncludes(again("Bar", `${file}const twice = 1;\nconst twice = 2;\n`), "BarHandlers");
  assertStringIncludes(
    again("Bar", `${file}export const view = <p>{"</p>"}</p>;\n`),
    "BarHandlers",
  );
  const wrong: [string, string][] = [
    [file.replace("Foo: {}", "Foo: {"), "line "],
    [file.replace("defineSchema({\n  Foo: {},\n})", "{}"), 'no constant like "schema'],
    [file.replace("// #endregion states", ""), "#endregion"],
    [file.replaceAll(/.*#region.*/g, ""), "not a states file"],
  ];
  for (const [text, message] of wrong) assertThrows(() => again("Bar", text), InputError, message);
});
