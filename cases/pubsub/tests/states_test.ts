/** The schemas: as many states as they say, nothing wrong with them, and drawn in the README. */
import { assertEquals } from "@std/assert";
import { checkSchema } from "@asyncmachine/asyncmachine/gen";
import { SCHEMAS, withDiagrams } from "../diagrams.ts";

Deno.test("the schemas have 20, 10 and 5 states", () => {
  const sizes = Object.values(SCHEMAS).map((schema) => Object.keys(schema).length);
  assertEquals(sizes, [20, 10, 5]);
});

for (const [name, schema] of Object.entries(SCHEMAS)) {
  Deno.test(`gen check finds nothing in the ${name}'s schema`, () => {
    // The host's 49,156 sets take minutes: `deno task check` visits them all.
    assertEquals(checkSchema(schema, { maxConfigurations: 2000 }).findings, []);
  });
}

Deno.test("the README's diagrams are those of the schemas", async () => {
  const page = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  assertEquals(page, withDiagrams(page));
});
