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

const root = new URL("../", import.meta.url);

/** The folders within a folder that have a lock of their own, and run frozen. */
function locked(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) => {
    if (name === "deno.lock") return [folder];
    return isDirectory && name !== "node_modules" ? locked(`${folder}${name}/`) : [];
  });
}

/** What a lock says about the folder that it belongs to. */
async function workspaceOf(folder: string) {
  const lock = JSON.parse(await Deno.readTextFile(new URL(`${folder}deno.lock`, root)));
  return lock.workspace ?? {};
}

Deno.test("locks of folders know what the library depends on: frozen, they are refused else", async () => {
  const own = (all: readonly string[] = []) => all.filter((one) => one.startsWith("npm:")).sort();
  const { dependencies } = await workspaceOf("");
  for (const folder of [...locked("tests/"), ...locked("cases/")]) {
    const { links = {} } = await workspaceOf(folder);
    for (const [name, linked] of Object.entries<{ dependencies?: string[] }>(links)) {
      if (!name.startsWith("jsr:@asyncmachine/asyncmachine@")) continue;
      assertEquals(own(linked.dependencies), own(dependencies), folder);
    }
  }
});
