import type { AnyMachine, Timer } from "../mod.ts";

/** A clock that tests move: `FakeTime` of `@std/testing/time`, or one with this method. */
export interface TestClock {
  /** Lets promises settle, moves on, and runs what is due. */
  tickAsync(ms?: number): Promise<unknown>;
}

/** How to wait. */
export interface SettledOptions {
  /** The fake clock: what is due by its time is run, the clock itself stays. */
  readonly time?: TestClock | undefined;
  /** How long to wait for asynchronous handlers, in real milliseconds. @default {1000} */
  readonly timeout?: number | undefined;
}

// Those of the runtime, also while a fake clock is in place.
const { setTimeout, performance } = globalThis;
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** How many microtasks a promise chain may take before a turn of the event loop is waited for. */
const MICROTASKS = 20;

/**
 * Resolves when a machine has nothing left to do: nothing waits in its queue, its asynchronous
 * handlers have ended, and no timer is due.
 *
 * @throws {Error} If that is not so after `timeout`; it names what still runs.
 */
export async function settled(
  machine: AnyMachine & { timers(): Timer[] },
  options: SettledOptions = {},
): Promise<void> {
  const { time, timeout = 1000 } = options;
  const left = () => [
    ...machine.runningHandlers,
    ...(machine.queue.length > 0 ? ["the queue"] : []),
    ...machine.timers().filter(({ due }) => due <= Date.now()).map((timer) =>
      `the timer of ${timer.state || "the machine"}`
    ),
  ];
  const end = performance.now() + timeout;
  while (true) {
    await time?.tickAsync(0);
    // A handler's end and what the machine makes of it come in microtasks of their own.
    for (let i = 0; i < MICROTASKS; i++) await undefined;
    const what = left();
    if (what.length === 0) return;
    if (performance.now() > end) {
      throw new Error(
        `Machine "${machine.id}" is not settled after ${timeout} ms: ${what.join(", ")} still runs`,
      );
    }
    await turn();
  }
}
