import { assertEquals } from "@std/assert";
import { withDiagrams } from "../diagrams.ts";

Deno.test("the README has the diagrams of the schemas as they are", async () => {
  const page = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  assertEquals(withDiagrams(page), page, "deno task diagrams draws them");
});
