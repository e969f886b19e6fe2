/**
 * A finite state machine: states that remove each other are exclusive, so exactly one is active.
 *
 *     deno run examples/turnstile.ts
 */
import { defineSchema, Machine } from "../mod.ts";

/** The states. */
export const schema = defineSchema({
  Locked: { remove: ["Unlocked"] },
  Unlocked: { remove: ["Locked"] },
  // Inputs: multi states that act and leave.
  Coin: { multi: true },
  Push: { multi: true },
});

/** A turnstile that a coin unlocks for one person. */
export function createTurnstile() {
  const machine = new Machine(schema, { id: "turnstile" });
  machine.bindHandlers({
    CoinState(e) {
      e.machine.add("Unlocked");
      e.machine.remove("Coin");
    },
    PushEnter: (e) => e.machine.is("Unlocked"), // nobody gets through a locked one
    PushState(e) {
      e.machine.add("Locked");
      e.machine.remove("Push");
    },
  });
  machine.add("Locked");
  return machine;
}

if (import.meta.main) {
  const turnstile = createTurnstile();
  for (const input of ["Push", "Coin", "Push", "Push"] as const) {
    console.log(input, turnstile.add(input), turnstile.toString());
  }
}
