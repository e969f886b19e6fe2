/** Diagrams in the cases' READMEs are what gen makes of the schemas now. */
import { assert, assertEquals } from "@std/assert";
import { mermaid } from "../../gen/main.ts";

const root = new URL("../../", import.meta.url);

/** The command that has made a diagram, and the diagram. */
const DIAGRAM =
  /<!-- deno run -A gen\/main\.ts diagram (\S+)(?: --export (\w+))? -->\n\n```mermaid\n([^]*?)```/g;

const readmes = [...Deno.readDirSync(new URL("cases/", root))]
  .filter(({ isDirectory }) => isDirectory)
  .map(({ name }) => ({ name, url: new URL(`cases/${name}/README.md`, root) }))
  .flatMap(({ name, url }) => {
    const text = Deno.readTextFileSync(url);
    return [...text.matchAll(DIAGRAM)].map(([, file, exported, shown]) => ({
      name,
      file,
      exported: exported ?? "schema",
      shown,
    }));
  });

Deno.test("the cases' READMEs have diagrams, with the commands that made them", () => {
  assert(readmes.some(({ name }) => name === "firewall"));
});

for (const { file, exported, shown } of readmes) {
  Deno.test(`the diagram of ${exported} in ${file} shows it as it is`, async () => {
    const module = await import(new URL(file, root).href);
    assertEquals(shown, mermaid(module[exported]));
  });
}
