import type { Transition } from "../../machine/mod.ts";
import { resolve } from "../../relations/mod.ts";

/** What the relations do to a plan's states never changes, so it is counted once per plan. */
const counted = new WeakMap<object, number>();

/**
 * How many steps the relations and the call itself add to a transition: as many as a tracer with
 * `steps` would see, without the cost of recording them. Ask before the plan is replaced: in
 * `transitionStart`, or in `transitionEnd` of a transition that never started.
 */
export function relationSteps(tx: Transition): number {
  const { plan, call } = tx;
  if (plan === null) return 0;
  let count = counted.get(plan);
  if (count === undefined) {
    count = call.called.length;
    resolve(call.plans.schema, tx.before, call.called, call.type, (relation) => {
      if (relation !== "after") count!++;
    });
    counted.set(plan, count);
  }
  return count;
}
