/** How promises end, without a look at the clock. */

/** Lets everything that is due run: microtasks, and a few turns of the timers. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve));
}

/** `"resolved"`, the name of what it was rejected with, or `"pending"` after some turns. */
export async function fate(promise: Promise<unknown>): Promise<string> {
  let fate = "pending";
  promise.then(
    () => fate = "resolved",
    (error) => fate = error instanceof Error ? error.name : `rejected ${String(error)}`,
  );
  for (let i = 0; i < 20 && fate === "pending"; i++) await turns(1);
  return fate;
}

/** What was rejected meanwhile without anybody to take it. */
export async function unhandled(run: () => unknown): Promise<unknown[]> {
  const found: unknown[] = [];
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    found.push(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    found.push(event.error);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  globalThis.addEventListener("error", onError);
  try {
    await run();
    await turns();
  } finally {
    globalThis.removeEventListener("unhandledrejection", onRejection);
    globalThis.removeEventListener("error", onError);
  }
  return found;
}
