/**
 * What this project uses of `@std/testing/time`, for machines that cannot reach JSR: `FakeTime`
 * over `@sinonjs/fake-timers`. See docs/dependencies.md.
 *
 * @module
 */
import fakeTimers from "@sinonjs/fake-timers";

interface Clock {
  now: number;
  tick(ms: number): number;
  tickAsync(ms: number): Promise<number>;
  runMicrotasks?(): void;
  uninstall(): void;
}

/** Replaces the timers and the clock of the program by ones that move when told to. */
export class FakeTime {
  readonly #clock: Clock;

  /** @param start When it is at first, in milliseconds since 1970. */
  constructor(start: number | string | Date = Date.now()) {
    this.#clock = fakeTimers.install({
      now: new Date(start).getTime(),
      toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
    }) as unknown as Clock;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#clock.now;
  }

  /** Moves on, and runs what is due. */
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** Lets promises settle, moves on, and runs what is due. */
  async tickAsync(ms = 0): Promise<void> {
    await this.#clock.tickAsync(ms);
  }

  /** Lets promises settle. */
  async runMicrotasks(): Promise<void> {
    await this.tickAsync(0);
  }

  /** Brings the real timers back. */
  restore(): void {
    this.#clock.uninstall();
  }

  /** Brings the real timers back. */
  [Symbol.dispose](): void {
    this.restore();
  }
}
