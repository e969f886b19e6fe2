/** Waits: what it costs to settle many, and to change a machine while many wait. */
import { Machine } from "../../mod.ts";
import type { Row, Work } from "./row.ts";

type Settle = "add" | "timeout" | "abort" | "disposal";

function settle(n: number, how: Settle): () => Promise<void> {
  const machine = new Machine({ A: {} });
  const aborts = how === "abort" ? Array.from({ length: n }, () => new AbortController()) : [];
  const waits = Array.from({ length: n }, (_, i) => {
    if (how === "abort") return machine.when("A", { signal: aborts[i].signal });
    return how === "timeout" ? machine.when("A", { timeout: 1 }) : machine.when("A");
  });
  const settled = Promise.allSettled(waits);
  // All timeouts are over before the clock starts: else the few would be charged for waiting.
  const made = performance.now();
  while (how === "timeout" && performance.now() < made + 3);
  return async () => {
    if (how === "add") machine.add("A");
    if (how === "disposal") machine.dispose();
    // Not in the order in which they were asked for: 7919 divides no size.
    for (let i = 0; i < aborts.length; i++) aborts[(i * 7919) % n].abort();
    const expected = how === "add" ? "fulfilled" : "rejected";
    for (const { status } of await settled) {
      if (status !== expected) throw new Error(`A wait was ${status} by ${how}`);
    }
  };
}

const settles = (["add", "timeout", "abort", "disposal"] as const).map((how): Work => ({
  name: `settle waits on one state by ${how}`,
  small: 1_000,
  large: 100_000,
  per: "unit",
  goal: 2,
  make: (n) => settle(n, how),
}));

const CHANGES = 20_000;

const whenArgs: Work = {
  name: "add with args while so many whenArgs wait",
  small: 1_000,
  large: 20_000,
  per: "whole",
  goal: 2,
  make(n) {
    const machine = new Machine({ A: { multi: true } });
    let settled = 0;
    for (let i = 0; i < n; i++) {
      machine.whenArgs("A", { kind: "x", id: i }).then(() => settled++);
    }
    return async () => {
      for (let i = 0; i < CHANGES; i++) machine.add("A", { kind: "x", id: -1 });
      machine.add("A", { kind: "x", id: n - 1 });
      await Promise.resolve();
      if (settled !== 1) throw new Error(`${settled} waits were settled instead of 1`);
    };
  },
};

const QUERY_CHANGES = 10;

/** A machine with `n` queries that are never true; `seen` gets the clock that each reads. */
function queries(n: number, seen: (clock: object) => void): () => void {
  const machine = new Machine({ A: {} });
  for (let i = 0; i < n; i++) machine.whenQuery((clock) => (seen(clock), false));
  return () => {
    for (let i = 0; i < QUERY_CHANGES; i++) machine.toggle("A");
  };
}

const whenQuery: Work = {
  name: "a change while so many whenQuery wait",
  small: 1_000,
  large: 20_000,
  per: "unit",
  goal: 2,
  make(n) {
    let calls = 0;
    const change = queries(n, () => calls++);
    return () => {
      calls = 0;
      change();
      if (calls !== n * QUERY_CHANGES) throw new Error(`${calls} queries were asked`);
    };
  },
};

const clocks: Row = {
  name: "clocks made per change for 1,000 whenQuery",
  goal: 1,
  measure() {
    const n = 1_000;
    const seen = new Set<object>();
    let calls = 0;
    const change = queries(n, (clock) => (calls++, seen.add(clock)));
    calls = 0;
    seen.clear();
    change();
    if (calls !== n * QUERY_CHANGES) throw new Error(`${calls} queries were asked`);
    return Promise.resolve(seen.size / QUERY_CHANGES);
  },
};

/** Work whose cost must not depend on how many wait. */
export const WAITS: readonly Work[] = [...settles, whenArgs, whenQuery];
/** What is counted. */
export const CLOCKS: readonly Row[] = [clocks];
