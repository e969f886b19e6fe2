import { assertEquals } from "@std/assert";
import { MUTANTS } from "../../../cases/raft/sim/mutants.ts";
import { simulate } from "../../../cases/raft/sim/simulation.ts";

const text = Deno.readTextFileSync(new URL("../../../cases/raft/README.md", import.meta.url));

const blocks = (kind: string) =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((one) => one[1] === kind)
    .map((one) => one[2].trim());

Deno.test("the README lists all mutants", () => {
  const rows = [...text.matchAll(/^\| `([a-z]+(?:-[a-z]+)+)` +\| (.+?) +\|$/gm)];
  assertEquals(
    rows.map(([, name, mistake]) => [name, mistake]),
    Object.entries(MUTANTS).map(([name, { mistake }]) => [name, mistake]),
  );
});

Deno.test("the README tells the end of a schedule as it is", () => {
  const lines: string[] = [];
  const tell = (line: string) => lines.push(line.trim());
  const { violation } = simulate({ seed: 92, mutant: MUTANTS["late-vote"], tell });
  const told = blocks("text")[0].split("\n");
  assertEquals([...lines, violation].slice(-told.length), told);
});
