/**
 * Cold start against XState: import, first machine and first ten mutations, each in fresh processes that
 * take turns; medians in milliseconds.
 *
 *     deno task bench:cold
 */
const ROUNDS = 15;

const PROGRAMS: Readonly<Record<string, string>> = {
  ours: `
    const start = performance.now();
    const { Machine } = await import("../mod.ts");
    const machine = new Machine({ A: { remove: ["B"] }, B: { remove: ["A"] } });
    for (let i = 0; i < 5; i++) machine.add("A"), machine.add("B");
    console.log(performance.now() - start);
  `,
  xstate: `
    const start = performance.now();
    const { createActor, createMachine } = await import("xstate");
    const actor = createActor(createMachine({
      initial: "a",
      states: { a: { on: { GO: "b" } }, b: { on: { GO: "a" } } },
    })).start();
    for (let i = 0; i < 10; i++) actor.send({ type: "GO" });
    console.log(performance.now() - start);
  `,
};

const folder = new URL(".", import.meta.url);
const times = new Map(Object.keys(PROGRAMS).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const file = new URL(`cold_${name}_${crypto.randomUUID()}.ts`, folder);
    await Deno.writeTextFile(file, program);
    try {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", file.href],
      }).output();
      times.get(name)!.push(Number(new TextDecoder().decode(stdout)));
    } finally {
      await Deno.remove(file);
    }
  }
}
for (const [name, all] of times) {
  const median = all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  console.log(`${name}: ${median.toFixed(1)} ms from import to the tenth mutation`);
}
