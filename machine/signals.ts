import { wrongType } from "../relations/mod.ts";

interface Followed {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/**
 * Calls what waits for signals to abort. One listener per signal, whatever waits, so that a signal that
 * outlives the machine keeps nothing of it, and runtimes don't warn of many listeners.
 */
export class Signals {
  readonly #followed: Map<AbortSignal, Followed> = new Map();

  /** Calls `fn` when the signal aborts, until `off`. */
  on(signal: AbortSignal, fn: () => void): void {
    let followed = this.#followed.get(signal);
    if (followed === undefined) {
      const callbacks = new Set<() => void>();
      const listener = () => {
        this.#followed.delete(signal);
        signal.removeEventListener("abort", listener);
        for (const callback of callbacks) callback();
      };
      signal.addEventListener("abort", listener);
      this.#followed.set(signal, followed = { callbacks, listener });
    }
    followed.callbacks.add(fn);
  }

  /** Takes it back. */
  off(signal: AbortSignal, fn: () => void): void {
    const followed = this.#followed.get(signal);
    if (!followed?.callbacks.delete(fn) || followed.callbacks.size > 0) return;
    this.#followed.delete(signal);
    signal.removeEventListener("abort", followed.listener);
  }

  /** Takes all back. */
  clear(): void {
    for (const [signal, { listener }] of this.#followed) {
      signal.removeEventListener("abort", listener);
    }
    this.#followed.clear();
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
