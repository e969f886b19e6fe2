/** A transition in a transition, when one machine does it and when many take turns. */
import { nested } from "./growth/machines.ts";

for (const n of [1, 2, 20, 200]) {
  const round = nested(n);
  Deno.bench({
    name: `${n} machines`,
    group: "a transition in a transition, in turn",
    baseline: n === 1,
    fn: round,
  });
}
