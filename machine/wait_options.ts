/** Bounds of a wait. */
export interface WaitOptions {
  /** Rejects the promise with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Rejects the promise with a `TimeoutError` after so many milliseconds. @default {Infinity} */
  readonly timeout?: number | undefined;
}
