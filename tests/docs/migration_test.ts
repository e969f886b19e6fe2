/** The pages for people who come from elsewhere. Their codes run as documented examples. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const read = (name: string) => Deno.readTextFile(new URL(`../../docs/${name}`, import.meta.url));

/** Heading → the code blocks of a language below it. */
function sections(text: string): [heading: string, blocks: [language: string, code: string][]][] {
  return text.split(/^## /m).slice(1).map((section) => [
    section.slice(0, section.indexOf("\n")),
    [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => [language, code]),
  ]);
}

const lastLine = (code: string) => code.trimEnd().split("\n").at(-1);

Deno.test("each concept of XState has both codes, which end with the same assertion", async () => {
  const concepts = sections(await read("migrate_xstate.md")).filter(([name]) => name !== "Traps");
  assert(concepts.length >= 20, `${concepts.length} concepts`);
  for (const [name, blocks] of concepts) {
    assertEquals(blocks.map(([language]) => language), ["ts", "ts"], name);
    const [theirs, ours] = blocks.map(([, code]) => code);
    assertStringIncludes(theirs, 'from "xstate"', name);
    assertStringIncludes(ours, 'from "@asyncmachine/asyncmachine"', name);
    assert(!ours.includes('"xstate"'), name);
    assertStringIncludes(lastLine(ours)!, "assertEquals(", name);
    assertEquals(lastLine(ours), lastLine(theirs), name);
  }
});

Deno.test("each concept of the Go original has both codes", async () => {
  const concepts = sections(await read("migrate_go.md")).filter(([, blocks]) => blocks.length > 0);
  assert(concepts.length >= 12, `${concepts.length} concepts`);
  for (const [name, blocks] of concepts) {
    assertEquals(blocks.map(([language]) => language), ["go", "ts"], name);
    assertStringIncludes(lastLine(blocks[1][1])!, "assert", name);
  }
});
