import type { FlowPart, OnceCall } from "./kind.ts";

/** Steps that are undone in reverse; made by {@linkcode saga}. */
export interface Saga {
  /**
   * Does something, once, and notes how it is undone. Rejects when it fails: then nothing is noted.
   * Rejects at once when the saga is being undone, unless it had been done before.
   */
  step<R>(
    name: string,
    run: (call: OnceCall) => R | Promise<R>,
    undo: (done: R, call: OnceCall) => unknown,
  ): Promise<R>;
  /**
   * Undoes what was done, each once, the last first. One that fails does not keep the others from being
   * undone.
   *
   * @throws {AggregateError} If some could not be undone: their errors. Called again, only these are tried.
   */
  undo(): Promise<void>;
}

const UNDOING = "saga: undo";

/** The part of a handler's event that a saga stands on. */
export type SagaEvent = Pick<FlowPart, "once" | "done">;

/**
 * A saga in a handler of a flow, over `e.once` (without an event: in memory, for other code): after a crash the handler runs again, makes the saga again,
 * and steps that were done are not done twice; when it was being undone, that goes on.
 *
 * @example Usage
 * ```ts
 * import { defineFlow, MemoryStore, openFlows, saga } from "@asyncmachine/asyncmachine/durable";
 * import { assertEquals } from "@std/assert";
 *
 * const did: string[] = [];
 * const trip = defineFlow({
 *   schema: { Booking: {}, Booked: { remove: ["Booking"] }, Undone: { remove: ["Booking"] } },
 *   data: () => ({}),
 *   start: "Booking",
 *   ends: ["Booked", "Undone"],
 *   handlers: {
 *     async BookingState(e) {
 *       const booking = saga(e);
 *       try {
 *         await booking.step("car", () => did.push("car"), () => did.push("no car"));
 *         await booking.step("hotel", () => did.push("hotel"), () => did.push("no hotel"));
 *         await booking.step("flight", () => Promise.reject(new Error("full")), () => {});
 *         e.add("Booked");
 *       } catch {
 *         await booking.undo();
 *         e.add("Undone");
 *       }
 *     },
 *   },
 * });
 * await using flows = await openFlows(new MemoryStore(), { trip });
 * await (await flows.start("trip", "1")).result();
 * assertEquals(did, ["car", "hotel", "no hotel", "no car"]);
 * ```
 */
export function saga(event: SagaEvent = inMemory()): Saga {
  const done: { readonly name: string; readonly undo: (call: OnceCall) => unknown }[] = [];
  return {
    async step(name, run, undo) {
      if (event.done(UNDOING) && !event.done(name)) {
        throw new Error(`Cannot do step ${JSON.stringify(name)}: the saga is being undone`);
      }
      const result = await event.once(name, run);
      done.push({ name, undo: (call) => undo(result, call) });
      return result;
    },
    async undo() {
      await event.once(UNDOING, () => true);
      const errors: unknown[] = [];
      for (const { name, undo } of [...done].reverse()) {
        try {
          await event.once(`undo ${name}`, async (call) => void await undo(call));
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length === 0) return;
      throw new AggregateError(
        errors,
        `${errors.length} of ${done.length} steps could not be undone`,
      );
    },
  };
}

/** What `once` is without a flow. */
function inMemory(): SagaEvent {
  const results = new Map<string, Promise<unknown>>();
  const done = new Set<string>();
  const { signal } = new AbortController();
  return {
    once<R>(name: string, fn: (call: OnceCall) => R | Promise<R>): Promise<R> {
      let result = results.get(name) as Promise<R> | undefined;
      if (result === undefined) {
        result = (async () => await fn({ key: name, signal }))();
        results.set(name, result);
        result.then(() => done.add(name), () => results.delete(name));
      }
      return result;
    },
    done: (name) => done.has(name),
  };
}
