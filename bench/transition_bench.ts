import { checkWork, SCENARIOS } from "./scenarios/mod.ts";

for (const scenario of SCENARIOS) {
  await checkWork(scenario);
  for (const [contender, make] of Object.entries(scenario.make)) {
    const run = make();
    Deno.bench({
      name: contender,
      group: `${scenario.id}: ${scenario.batch} × ${scenario.title}`,
      baseline: contender === "switch",
      fn: async () => void await run(scenario.batch),
    });
  }
}
