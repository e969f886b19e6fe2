import { assertEquals } from "@std/assert";
import { bundle, EXAMPLE, EXPECTED } from "./bundled_example.ts";

Deno.test("the bundled library runs in Node", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.rename(await bundle(folder), `${folder}/asyncmachine.mjs`);
  await Deno.writeTextFile(
    `${folder}/main.mjs`,
    `import { Machine } from "./asyncmachine.mjs";\n${EXAMPLE}\nconsole.log(found);`,
  );
  const { stdout, stderr } = await new Deno.Command("node", { args: [`${folder}/main.mjs`] })
    .output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(new TextDecoder().decode(stdout), `${EXPECTED}\n`);
  await Deno.remove(folder, { recursive: true });
});
