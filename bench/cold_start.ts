/**
 * Cold start against XState: import, first machine and first ten mutations, each in fresh processes that
 * take turns; medians in milliseconds. Exits with 1 if a program fails.
 *
 *     deno task bench:cold
 */
const ROUNDS = 15;

/** Each prints one number; `LIBRARY` is the address of what it imports. */
const PROGRAMS: Readonly<Record<string, { readonly library: string; readonly code: string }>> = {
  ours: {
    library: import.meta.resolve("../mod.ts"),
    code: `
      const start = performance.now();
      const { Machine } = await import(LIBRARY);
      const machine = new Machine({ A: { remove: ["B"] }, B: { remove: ["A"] } });
      for (let i = 0; i < 5; i++) machine.add("A"), machine.add("B");
      const took = performance.now() - start;
      if (machine.tick("A") !== 10) throw new Error("The ten mutations were not made");
      console.log(took);
    `,
  },
  xstate: {
    library: import.meta.resolve("xstate"),
    code: `
      const start = performance.now();
      const { createActor, createMachine } = await import(LIBRARY);
      let changes = 0;
      const entry = () => void changes++;
      const actor = createActor(createMachine({
        initial: "a",
        states: { a: { entry, on: { GO: "b" } }, b: { entry, on: { GO: "a" } } },
      })).start();
      for (let i = 0; i < 10; i++) actor.send({ type: "GO" });
      const took = performance.now() - start;
      if (changes !== 11) throw new Error("The ten mutations were not made");
      console.log(took);
    `,
  },
};

const root = new URL("..", import.meta.url);

/** The milliseconds that a program says it took, in a process of its own. */
async function coldRun(name: string): Promise<number> {
  const { library, code } = PROGRAMS[name];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", code.replace("LIBRARY", JSON.stringify(library))],
    cwd: root,
  }).output();
  const said = new TextDecoder().decode(stdout).trim();
  if (success && said !== "" && Number.isFinite(Number(said))) return Number(said);
  console.error(`bench:cold: ${name} failed: ${said}${new TextDecoder().decode(stderr)}`);
  Deno.exit(1);
}

const times = new Map(Object.keys(PROGRAMS).map((name) => [name, [] as number[]]));
for (const name of times.keys()) await coldRun(name); // fills the caches of transpiled code
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, all] of times) all.push(await coldRun(name));
}
for (const [name, all] of times) {
  const median = all.sort((a, b) => a - b)[ROUNDS >> 1];
  console.log(`${name}: ${median.toFixed(1)} ms from import to the tenth mutation`);
}
