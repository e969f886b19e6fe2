import { assertEquals, assertMatch } from "@std/assert";
import { EXPORTS, NODE, PEERS } from "../npm/package.ts";

const text = await Deno.readTextFile(new URL("../docs/versions.md", import.meta.url));
const config = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));

/** The cells of the rows of the table under a heading. */
const rowsOf = (heading: string) =>
  text.split(heading)[1].split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
    .filter((row) => !/^-+$/.test(row[0]));

Deno.test("docs/versions.md lists each export of deno.json, and no other", () => {
  const rows = rowsOf("## Exports").map(([name]) => name.replaceAll("`", ""));
  assertEquals(rows.toSorted(), Object.keys(config.exports).sort());
  assertEquals(rows.toSorted(), Object.keys(EXPORTS).sort());
});

Deno.test("docs/versions.md names the peers of the npm package, with their ranges", () => {
  const named = rowsOf("## Exports").flatMap((row) =>
    [...row[5].matchAll(/`([^`]+)` ((?:[\^~<>=]*\d[\d.]*\s?)+)/g)].map(([, name, range]) =>
      [name, range.trim()] as const
    )
  );
  assertEquals(Object.fromEntries(named), PEERS);
});

Deno.test("docs/versions.md names the Node of the npm package", () => {
  const lowest = Object.fromEntries(rowsOf("# Versions").map(([what, version]) => [what, version]));
  assertEquals(`>=${lowest.Node}`, NODE);
  for (const what of ["Bun", "Deno", "TypeScript"]) assertMatch(lowest[what], /^\d+\.\d+$/);
});

/** The major version of a framework that its hooks name where they import it. */
const frameworks = Object.fromEntries(
  [...Deno.readDirSync(new URL("../ui", import.meta.url))].filter(({ isFile }) => isFile)
    .map(({ name }) => Deno.readTextFileSync(new URL(`../ui/${name}`, import.meta.url)))
    .flatMap((source) => [...source.matchAll(/"npm:([\w-]+)@\^(\d+)/g)])
    .map(([, name, major]) => [name, Number(major)]),
);

Deno.test("each peer's range has the version that we use", () => {
  for (const [name, range] of Object.entries(PEERS)) {
    const ours = frameworks[name] ?? Number((config.imports[name] as string).match(/\d+/)![0]);
    const [lowest, below] = [...range.matchAll(/(?:^|<)\D*(\d+)/g)].map(([, n]) => Number(n));
    assertEquals(lowest <= ours && ours < (below ?? lowest + 1), true, `${name} ${range}: ${ours}`);
  }
});
