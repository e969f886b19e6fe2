import { wrongType } from "../relations/mod.ts";

/** One listener of a signal, for all that waits for it; mostly that is one. */
class Listener {
  readonly #signal: AbortSignal;
  readonly #over: (signal: AbortSignal) => void;
  #only: (() => void) | null;
  #all: Set<() => void> | null = null;

  constructor(signal: AbortSignal, fn: () => void, over: (signal: AbortSignal) => void) {
    this.#signal = signal;
    this.#only = fn;
    this.#over = over;
    signal.addEventListener("abort", this);
  }

  /** The signal has aborted. */
  handleEvent(): void {
    this.remove();
    this.#over(this.#signal);
    if (this.#all === null) this.#only?.();
    else for (const fn of this.#all) fn();
  }

  add(fn: () => void): void {
    this.#all ??= new Set([this.#only!]);
    this.#all.add(fn);
  }

  /** Whether nothing waits any more. */
  delete(fn: () => void): boolean {
    if (this.#all !== null) {
      this.#all.delete(fn);
      return this.#all.size === 0;
    }
    if (this.#only !== fn) return false;
    this.#only = null;
    return true;
  }

  remove(): void {
    this.#signal.removeEventListener("abort", this);
  }
}

/**
 * Calls what waits for signals to abort. One listener per signal, whatever waits, so that a signal that
 * outlives the machine keeps nothing of it, and runtimes don't warn of many listeners.
 */
export class Signals {
  readonly #listeners: Map<AbortSignal, Listener> = new Map();
  readonly #over = (signal: AbortSignal): void => void this.#listeners.delete(signal);

  /** Calls `fn` when the signal aborts, until `off`. */
  on(signal: AbortSignal, fn: () => void): void {
    const listener = this.#listeners.get(signal);
    if (listener !== undefined) listener.add(fn);
    else this.#listeners.set(signal, new Listener(signal, fn, this.#over));
  }

  /** Takes it back. */
  off(signal: AbortSignal, fn: () => void): void {
    const listener = this.#listeners.get(signal);
    if (listener === undefined || !listener.delete(fn)) return;
    this.#listeners.delete(signal);
    listener.remove();
  }

  /** Takes all back. */
  clear(): void {
    for (const listener of this.#listeners.values()) listener.remove();
    this.#listeners.clear();
  }
}

/**
 * Checks that a value is a signal, or nothing.
 *
 * @throws {TypeError} If it is something else.
 */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  if (typeof (signal as AbortSignal | null)?.addEventListener === "function") return;
  throw wrongType("signal", signal, "an AbortSignal");
}
