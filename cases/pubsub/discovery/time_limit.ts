/** A time limit for what others have to answer. Runs on `setTimeout`, so that a fake clock drives it. */

/** Calls `fn` with a signal that ends with `signal`, or after `ms`; then rejects, whatever `fn` does. */
export async function withTimeLimit<T>(
  ms: number,
  signal: AbortSignal,
  fn: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    limit.abort(reason);
    ended.reject(reason);
  };
  const onAbort = () => end(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(
    () => end(new DOMException(`No answer within ${ms} ms`, "TimeoutError")),
    ms,
  );
  try {
    return await Promise.race([fn(limit.signal), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
