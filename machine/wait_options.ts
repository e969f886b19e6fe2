import { checkDelay } from "../clock/mod.ts";
import { checkObject } from "../relations/mod.ts";
import { checkSignal } from "./signals.ts";

/** Bounds of a wait. */
export interface WaitOptions {
  /** Rejects the promise with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Rejects the promise with a `TimeoutError` after so many milliseconds. @default {Infinity} */
  readonly timeout?: number | undefined;
}

/** Bounds of a wait for states. */
export interface StateWaitOptions extends WaitOptions {
  /**
   * Rejects the promise with the error of `Exception` when that is, or becomes, active, unless what is
   * waited for holds by then. @default {false}
   */
  readonly orError?: boolean | undefined;
}

/**
 * Checks what bounds a wait.
 *
 * @throws {TypeError} If the signal is none.
 * @throws {RangeError} If the timeout is no number from 0 up.
 */
export function checkWaitOptions(options: WaitOptions): void {
  checkObject("options", options);
  const { signal, timeout } = options;
  checkSignal(signal);
  if (timeout !== undefined) checkDelay(timeout);
}
