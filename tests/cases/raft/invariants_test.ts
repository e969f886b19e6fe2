import { assertEquals } from "@std/assert";
import { type Entry, Log } from "../../../cases/raft/log.ts";
import { Invariants, type WatchedNode } from "../../../cases/raft/sim/invariants.ts";

const of = (term: number): Entry => ({ term, command: null });

function node(id: number, term: number, leads: boolean, terms: number[], commit = 0): WatchedNode {
  return {
    id,
    machine: { is: () => leads, isErr: () => false, err: null },
    ballot: { term },
    log: new Log(undefined, terms.map(of)),
    commit,
    snapshot: null,
  };
}

/** What is wrong after these nodes have stepped, each beside all others. */
function after(...nodes: WatchedNode[]): string | null {
  const invariants = new Invariants();
  for (const one of nodes) invariants.stepped(one, () => nodes);
  return invariants.violation?.split(":")[0] ?? null;
}

Deno.test("Invariants: a term has one leader", () => {
  assertEquals(after(node(1, 1, true, []), node(2, 2, true, [])), null);
  assertEquals(after(node(1, 1, true, []), node(1, 1, true, [])), null);
  assertEquals(after(node(1, 1, true, []), node(2, 1, true, [])), "election safety");
});

Deno.test("Invariants: leaders of later terms have what is committed, whenever it is noticed", () => {
  const commits = node(1, 2, true, [1, 2], 2);
  assertEquals(after(commits, node(2, 3, true, [1, 2, 3])), null);
  assertEquals(after(commits, node(2, 3, true, [1, 3])), "leader completeness");
  assertEquals(after(node(2, 3, true, [1, 3]), commits), "leader completeness");
});

Deno.test("Invariants: a leader of an earlier term that is elected late may lack it", () => {
  const commits = node(1, 5, true, [1, 5], 2);
  assertEquals(after(commits, node(2, 4, true, [1])), null);
  assertEquals(after(node(2, 4, true, [1]), commits), null);
});

Deno.test("Invariants: logs match", () => {
  const invariants = new Invariants();
  const [first, second, third] = [of(1), of(1), of(2)];
  const log = (...entries: Entry[]) => new Log(undefined, entries);
  invariants.appended(1, log(), 0, [first, second, third]);
  invariants.appended(2, log(), 0, [first, second]);
  invariants.appended(2, log(first, second), 2, [third]);
  assertEquals(invariants.violation, null);
  invariants.appended(3, log(first, of(2)), 2, [third]); // another one before it
  assertEquals(invariants.violation?.split(":")[0], "log matching");
});

Deno.test("Invariants: all apply the same, and have the same snapshots", () => {
  const one = of(1);
  const applied = new Invariants();
  applied.applied(1, 1, one);
  applied.applied(2, 1, one);
  assertEquals(applied.violation, null);
  applied.applied(3, 1, of(1));
  assertEquals(applied.violation?.split(":")[0], "state machine safety");
  const snapshot = (state: string) => ({
    ...node(1, 1, false, []),
    snapshot: { index: 1, term: 1, state },
  });
  assertEquals(after(snapshot("a"), snapshot("a")), null);
  assertEquals(after(snapshot("a"), snapshot("b")), "state machine safety");
});
