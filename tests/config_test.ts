import { assertEquals } from "@std/assert";

Deno.test("deno.jsr.json is deno.json without links and lock, and publishes no adapter", async () => {
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(new URL(`../${name}`, import.meta.url)));
  const { links, ...linked } = await read("deno.json");
  const { lock, ...real } = await read("deno.jsr.json");
  // The dry run with links resolves two packages to theirs, and refuses them when they are excluded.
  const adapters = (exclude: string[]) => exclude.filter((path) => path.startsWith("links"));
  assertEquals(adapters(real.publish.exclude), ["links"]);
  for (const one of [real, linked]) {
    one.publish.exclude = one.publish.exclude.filter((path: string) => !path.startsWith("links"));
  }
  assertEquals(real, linked);
  assertEquals(lock, false);
  assertEquals(links.length > 0, true);
});
