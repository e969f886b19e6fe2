/** What every page's program does: it waits for conditions, and says what it has seen. */

/** Resolves when the condition holds, looked at after each task. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 4000) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Lets what was put off by a turn, drawings too, happen. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Counts the subscriptions of a machine that have not been taken back. */
export function countSubscriptions(machine: { subscribe: unknown }): () => number {
  let live = 0;
  const subscribe = machine.subscribe as (...args: unknown[]) => () => void;
  machine.subscribe = (...args: unknown[]) => {
    const end = subscribe.apply(machine, args);
    let ended = false;
    live++;
    return () => {
      if (!ended) live--;
      ended = true;
      end();
    };
  };
  return () => live;
}

/** Calls the tests of a page by name, and hands what they return to the test that opened it. */
export function serve(tests: Readonly<Record<string, () => unknown>>): void {
  Object.assign(globalThis, {
    run: async (name: string) => JSON.parse(JSON.stringify(await tests[name]() ?? null)),
  });
}
