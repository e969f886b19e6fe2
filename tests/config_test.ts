import { assertEquals } from "@std/assert";

Deno.test("deno.jsr.json is deno.json without links and lock", async () => {
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(new URL(`../${name}`, import.meta.url)));
  const { links, ...linked } = await read("deno.json");
  const { lock, ...real } = await read("deno.jsr.json");
  assertEquals(real, linked);
  assertEquals(lock, false);
  assertEquals(links.length > 0, true);
});
