import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { diagramOf, mermaid, svg } from "../../diagram/mod.ts";
import type { Schema } from "../../mod.ts";
import { readByMermaid, readByXml } from "./read_diagrams.ts";

/** Names of the kinds that could mean something to somebody else. */
const WORDS = [
  "end",
  "End",
  "graph",
  "subgraph",
  "style",
  "click",
  "default",
  "class",
  "classDef",
  "linkStyle",
  "href",
  "call",
  "direction",
  "TB",
  "TD",
  "LR",
  "RL",
  "BT",
  "x",
  "o",
  "v",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "Foo Bar",
  '"quoted"',
  "`**bold**`",
  "1. item",
  "#35;",
  "&amp;",
  "<b>&lt;</b>",
  "]]>",
  "style a:b#c;",
  "%% comment",
  "---",
  "a\nb",
  "a\tb",
  "\u0000\u0007\u001b[31m\u007f\u0085",
  "\ud800",
  "\ufffe\uffff",
  "ﬂ°°35¶ß",
  "Größe",
  "状態",
  "हिन्दी",
  "👩‍👩‍👧",
  "\u2028",
];
/** What an object would move to the front or swallow. */
const isName = (name: string) =>
  name !== "" && name !== "__proto__" && !/^(0|[1-9]\d*)$/.test(name) && name !== "Exception";
const name = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: "binary" }), fc.string())
  .filter(isName);
const group = fc.oneof(fc.constantFrom(...WORDS), fc.string()).filter(isName);

/** A label as a person reads it: what cannot be shown is replaced, the rest is there. */
const readable = (text: string) =>
  text.toWellFormed().replaceAll(/[\p{Cc}\p{Noncharacter_Code_Point}\u2028\u2029]/gu, "");
const without = (text: string) => text.replaceAll(/[\u2400-\u2421\ufffd]/g, "");

async function check(names: readonly string[], groups: Readonly<Record<string, string[]>>) {
  const schema: Schema = Object.fromEntries(names.map((name, i) => [name, {
    auto: i % 2 === 1,
    require: i > 0 ? [names[i - 1]] : [],
  }]));
  const label = (name: string) => without(readable(name));
  const texts = names.map((name, i) => label(name) + (i % 2 === 1 ? " · auto" : ""));
  const { groups: drawn } = diagramOf(schema, { groups });

  const flow = await readByMermaid(mermaid(schema, { groups }));
  assertEquals(flow.nodes.map(without).sort(), [...texts].sort());
  assertEquals(flow.groups.map(without).sort(), drawn.map(label).sort());
  assertEquals(
    flow.edges.map(without),
    names.slice(1).map((_, i) => `${texts[i + 1]} require ${texts[i]}`),
  );

  const picture = readByXml(svg(schema, { groups }));
  assertEquals(picture.texts.map(without).sort(), [...texts, ...drawn.map(label)].sort());
  assertEquals(picture.states, names.map((_, i) => String(i)));
  assertEquals(
    picture.edges.map(without),
    names.slice(1).map((name, i) => `${label(name)} ${label(names[i])}`),
  );
}

Deno.test("each word that could mean something is drawn as a name", async () => {
  for (const word of WORDS) await check([word, "Other"], { [word]: [word, "Other"] });
  await check(WORDS, { "a b": [WORDS[0]], "a-b": [WORDS[1]] });
});

Deno.test("any strings as names of states and groups are drawn, and read by Mermaid and as XML", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
      fc.uniqueArray(group, { maxLength: 3 }),
      async (names, groupNames) => {
        const groups = groupNames.map((group, i) => [group, names.filter((_, n) => n % 3 === i)]);
        await check(names, Object.fromEntries(groups));
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("no two names share an id in Mermaid", async () => {
  await check(["a-b", "a b", "a_b", "A", "a", "state_0", "State_0"], {
    "x y": ["a-b"],
    "x-y": ["a b"],
    x_y: ["A"],
  });
});

Deno.test("a control character is drawn as its picture", () => {
  const schema = { "A\u0001\n": {} };
  assertStringIncludes(svg(schema), ">A\u2401\u240a</text>");
  assert(readByXml(svg(schema)).texts.includes("A\u2401\u240a"));
});
