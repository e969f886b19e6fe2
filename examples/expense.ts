/**
 * An expense that waits for approval and is then paid: what a workflow engine does, in memory.
 * Payments are retried with a growing delay; cancelling releases the budget in `CreatedEnd`.
 *
 *     deno run examples/expense.ts
 */
import { args, defineSchema, Machine } from "../mod.ts";

/** What the workflow needs from the outside. */
export interface ExpenseServices {
  /** Sets the money aside. */
  reserve(id: string): Promise<void>;
  /** Undoes `reserve`. */
  release(id: string): void;
  /** Pays; may fail, and may then be tried again. */
  pay(id: string, signal: AbortSignal): Promise<void>;
}

/** How often a payment is tried. */
const ATTEMPTS = 4;
/** The delay before the second attempt, in milliseconds; it doubles with each one. */
const DELAY = 10;

/** The states. */
export const schema = defineSchema({
  Creating: { remove: ["Created"] },
  Created: { remove: ["Creating"] },
  WaitingForApproval: { auto: true, require: ["Created"], remove: ["Approved"] },
  Approved: {
    require: ["Created"],
    remove: ["WaitingForApproval"],
    args: args<{ by: string }>(),
  },
  Paying: { auto: true, require: ["Approved"], remove: ["Paid"] },
  Paid: { require: ["Approved"], remove: ["Paying"] },
});

/** A machine for one expense; add `Creating` to start it, `Approved` to approve it. */
export function createExpense(id: string, services: ExpenseServices) {
  const machine = new Machine(schema, { id, printErrors: false });
  machine.bindHandlers({
    async CreatingState(e) {
      await services.reserve(id);
      e.add("Created");
    },
    ApprovedEnter: (e) => e.machine.is("WaitingForApproval"),
    PayingEnter: (e) => e.machine.not("Paid"),
    async PayingState(e) {
      for (let attempt = 1;; attempt++) {
        const error = await services.pay(id, e.signal).then(() => null, (reason) => reason);
        if (error === null) break;
        if (attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, DELAY * 2 ** (attempt - 1)));
        e.signal.throwIfAborted();
      }
      e.add("Paid");
    },
    ExceptionState: (e) => void e.machine.remove("Created"),
    CreatedEnd: () => services.release(id),
  });
  return machine;
}

if (import.meta.main) {
  let failures = 2;
  const machine = createExpense("travel", {
    reserve: () => Promise.resolve(console.log("reserved")),
    release: () => console.log("released"),
    pay: () => failures-- > 0 ? Promise.reject(new Error("bank is closed")) : Promise.resolve(),
  });
  machine.add("Creating");
  await machine.when("WaitingForApproval");
  machine.add("Approved", { by: "Ann" });
  await machine.when("Paid");
  console.log(machine.toString());
}
