import { auto } from "./auto.ts";
import { file } from "./file.ts";
import { groups } from "./groups.ts";
import { flips, many } from "./many.ts";
import { queued } from "./queued.ts";
import type { Scenario } from "./scenario.ts";
import { toggle, toggleHandlers } from "./toggle.ts";
import { waiting } from "./waiting.ts";

export type { Contender, Run, Scenario } from "./scenario.ts";

/** All scenarios, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  toggle,
  toggleHandlers,
  groups,
  file,
  auto,
  queued,
  waiting,
  many,
  flips,
];

/** Checks that all contenders of a scenario do the same work. */
export async function checkWork(scenario: Scenario): Promise<void> {
  const sums = new Map<string, number>();
  for (const [contender, make] of Object.entries(scenario.make)) {
    const run = make();
    let sum = 0;
    for (let i = 0; i < 3; i++) sum = await run(scenario.batch);
    sums.set(contender, sum);
  }
  if (new Set(sums.values()).size > 1) {
    throw new Error(
      `${scenario.id}: the contenders did different work: ${JSON.stringify([...sums])}`,
    );
  }
}
