import { assert, assertEquals } from "@std/assert";
import { hunt } from "../../../cases/raft/sim/hunt.ts";
import { type Mutant, MUTANTS } from "../../../cases/raft/sim/mutants.ts";
import { simulate } from "../../../cases/raft/sim/simulation.ts";

Deno.test("a schedule is the same each time, and another seed is another one", () => {
  const digests = [7, 7, 8].map((seed) => simulate({ seed }).digest);
  assertEquals(digests[0], digests[1]);
  assert(digests[0] !== digests[2]);
});

Deno.test("a schedule leaves the real clock and timers behind", () => {
  const before = [Date.now, setTimeout, clearTimeout];
  simulate({ seed: 1 });
  assertEquals([Date.now, setTimeout, clearTimeout], before);
});

Deno.test("300 schedules: the invariants hold after each step, and histories are linearizable", () => {
  const { caught, figures, schedules } = hunt(1, 300);
  assertEquals(caught, []);
  // Without all of this it would say little.
  for (const name of ["lost", "doubled", "crashes", "cuts", "pauses", "snapshots"] as const) {
    assert(figures[name] > schedules, `${name}: only ${figures[name]}`);
  }
  assert(figures.elected > 2 * schedules, `elected: only ${figures.elected}`);
  assert(figures.operations > 10 * schedules, `operations: only ${figures.operations}`);
});

for (const [name, mutant] of Object.entries<Mutant>(MUTANTS)) {
  Deno.test(`the mutant ${name} is caught: ${mutant.mistake}`, () => {
    const { caught } = hunt(1, 3000, mutant);
    assert(caught.length === 1, "3000 schedules did not notice it");
  });
}
