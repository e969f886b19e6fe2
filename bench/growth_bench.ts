import { Machine } from "../mod.ts";

/** The work of `growth.ts`, small and large, under `deno bench`. */
for (const n of [1_000, 100_000]) {
  Deno.bench(`settle ${n} waits on one state`, { group: `waits ${n}` }, async () => {
    const machine = new Machine({ A: {} });
    const waits = Array.from({ length: n }, () => machine.when("A"));
    machine.add("A");
    await Promise.all(waits);
  });
}

for (const n of [500, 20_000]) {
  const names = Array.from({ length: n }, (_, i) => `S${i}`);
  Deno.bench(`compile a schema of ${n} states`, { group: `compile ${n}` }, () => {
    new Machine(Object.fromEntries(names.map((name) => [name, {}])));
  });
}

const shared = { A: { remove: ["B"] }, B: { remove: ["A"] } } as const;

Deno.bench("a machine from one schema object", { group: "schemas", baseline: true }, () => {
  new Machine(shared).add("A");
});

Deno.bench("a machine from a literal in a function", { group: "schemas" }, () => {
  new Machine({ A: { remove: ["B"] }, B: { remove: ["A"] } }).add("A");
});

for (const n of [1, 200]) {
  const schema = { A: { multi: true } } as const;
  const machines = Array.from({ length: n }, () => {
    const [outer, inner] = [new Machine(schema), new Machine(schema)];
    outer.on("AState", () => void inner.add("A"));
    inner.on("AState", () => {});
    return outer;
  });
  let i = 0;
  Deno.bench(`a transition in a transition, ${n} machines in turn`, { group: "turns" }, () => {
    machines[i++ % n].add("A");
  });
}
