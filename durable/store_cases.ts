import type { FlowClaim, FlowCommit, Store } from "./store.ts";

/** A store under test, as two processes see it. */
export interface StoresUnderTest {
  /** As one process sees it. */
  readonly store: Store;
  /** As another does; the same for a store that only one can see. */
  readonly other: Store;
}

/** Something that every store has to do. Rejects when this one does not. */
export interface StoreCase {
  /** What, as a sentence. */
  readonly name: string;
  /** Whether it is about stores that many processes share only. */
  readonly shared?: boolean | undefined;
  /** Tries it on an empty store. */
  run(stores: StoresUnderTest): Promise<void>;
}

/** Long enough for every machine. */
const LEASE = 60_000;

function commitOf(id: string, more: Partial<FlowCommit> = {}): FlowCommit {
  return {
    kind: "order",
    id,
    after: 0,
    hash: "h1",
    active: ["Placed"],
    tags: [],
    due: null,
    ended: false,
    failed: false,
    state: `{"id":${JSON.stringify(id)}}`,
    log: "",
    at: 1_000,
    ...more,
  };
}

const orders: FlowClaim = { kinds: new Map([["order", null]]), dead: [], limit: 100 };

/**
 * What every store has to do, as cases for any test runner: each wants an empty store.
 *
 * @example Usage
 * ```ts
 * import { MemoryStore } from "@asyncmachine/asyncmachine/durable";
 * import { storeCases } from "@asyncmachine/asyncmachine/durable/testing";
 *
 * for (const { run, shared } of storeCases) {
 *   if (shared) continue; // a store in memory is not
 *   const store = new MemoryStore();
 *   await run({ store, other: store });
 * }
 * ```
 */
export const storeCases: readonly StoreCase[] = [
  {
    name: "a flow that was stored is read as it was, whatever its names hold",
    async run({ store, other }) {
      await store.join("a", LEASE);
      const odd = `o'd"d/ \u{1F600}%.*>\n${"x".repeat(50)}`;
      const commit = commitOf(odd, {
        kind: `k/${odd}`,
        active: ["Placed", odd],
        tags: [odd],
        due: 123_456_789_012,
        state: JSON.stringify({ text: odd, deep: [{ a: null }] }),
      });
      const [revision] = await store.commit("a", [commit]);
      const { after: _, log: _log, at, ...rest } = commit;
      same(await other.read(`k/${odd}`, odd), { ...rest, revision, storedAt: at, owner: "a" });
      same(await other.read(odd, `k/${odd}`), undefined);
    },
  },
  {
    name: "a new flow is refused when there is one of this kind and id",
    async run({ store }) {
      await store.join("a", LEASE);
      const isNew = async (...commits: FlowCommit[]) =>
        (await store.commit("a", commits)).map((revision) => revision > 0);
      same(await isNew(commitOf("1"), commitOf("2")), [true, true]);
      same(await isNew(commitOf("1"), commitOf("3")), [false, true]);
      same(await isNew(commitOf("1", { kind: "other" })), [true]);
    },
  },
  {
    name: "a commit follows the revision that it names, and no other",
    async run({ store }) {
      await store.join("a", LEASE);
      const [first] = await store.commit("a", [commitOf("1")]);
      const [second] = await store.commit("a", [commitOf("1", { after: first, active: ["Paid"] })]);
      ok(second > first, "revisions count up");
      same(await store.commit("a", [commitOf("1", { after: second + 7 })]), [0]);
      same((await store.read("order", "1"))?.active, ["Paid"]);
      same(await store.commit("a", [commitOf("2", { after: 5 })]), [0]);
      same(await store.read("order", "2"), undefined);
    },
  },
  {
    name: "a flow that a live owner has is neither claimed nor written by others",
    async run({ store, other }) {
      await store.join("a", LEASE);
      await other.join("b", LEASE);
      const [revision] = await store.commit("a", [commitOf("1")]);
      same(await other.claim("b", orders), []);
      same(await other.commit("b", [commitOf("1", { after: revision })]), [0]);
      same((await other.read("order", "1"))?.owner, "a");
    },
  },
  {
    name: "flows of an owner that left are claimed once, with what was stored",
    async run({ store, other }) {
      await store.join("a", LEASE);
      const [revision] = await store.commit("a", [commitOf("1", { state: "[7]" }), commitOf("2")]);
      await store.leave("a");
      await other.join("b", LEASE);
      const claimed = await other.claim("b", orders);
      same(claimed.map(({ id }) => id).sort(), ["1", "2"]);
      const one = claimed.find(({ id }) => id === "1")!;
      same([one.state, one.owner], ["[7]", "b"]);
      ok(one.revision > revision, "a claim is a change of the row");
      same(await other.claim("b", orders), []);
      const [next] = await other.commit("b", [commitOf("1", { after: one.revision })]);
      ok(next > one.revision, "and the new owner writes");
    },
  },
  {
    name: "an owner that is called dead is refused from then on, and learns of it",
    shared: true,
    async run({ store, other }) {
      await store.join("a", LEASE);
      await other.join("b", LEASE);
      const [revision] = await store.commit("a", [commitOf("1")]);
      same((await other.claim("b", { ...orders, dead: ["a"] })).length, 1);
      same(await store.commit("a", [commitOf("1", { after: revision })]), [0]);
      same(await store.beat("a", LEASE), false);
      same(await other.beat("b", LEASE), true);
      same((await other.owners()).map(({ owner }) => owner), ["b"]);
    },
  },
  {
    name: "an owner past its lease can be taken over, one that gives signs of life cannot",
    shared: true,
    async run({ store, other }) {
      await store.join("late", 1);
      await store.join("alive", LEASE);
      await other.join("b", LEASE);
      await store.commit("late", [commitOf("1")]);
      await store.commit("alive", [commitOf("2")]);
      let claimed = await other.claim("b", orders);
      for (let tries = 0; claimed.length === 0 && tries < 500; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        claimed = await other.claim("b", orders);
      }
      same(claimed.map(({ id }) => id), ["1"]);
    },
  },
  {
    name: "signs of life are counted",
    shared: true,
    async run({ store, other }) {
      await store.join("a", LEASE);
      const beat = async () => (await other.owners()).find(({ owner }) => owner === "a")!.beat;
      const before = await beat();
      same(await store.beat("a", LEASE), true);
      ok(await beat() !== before, "another beat");
    },
  },
  {
    name: "a claim takes the kinds and schemas that are asked for, so many at once",
    async run({ store, other }) {
      await store.join("a", LEASE);
      await store.commit("a", [
        commitOf("1"),
        commitOf("2", { hash: "h2" }),
        commitOf("3", { kind: "other", hash: "h3" }),
        commitOf("4", { kind: "unknown" }),
      ]);
      await store.leave("a");
      await other.join("b", LEASE);
      const kinds = new Map([["order", "h1"], ["other", null]]);
      const some = await other.claim("b", { kinds, dead: [], limit: 1 });
      const rest = await other.claim("b", { kinds, dead: [], limit: 10 });
      same([some.length, rest.length], [1, 1]);
      same([...some, ...rest].map(({ id }) => id).sort(), ["1", "3"]);
      same(await other.claim("b", { ...orders, id: "3" }), []);
      same((await other.claim("b", { ...orders, id: "2" })).map(({ hash }) => hash), ["h2"]);
    },
  },
  {
    name: "a finished flow has no owner and is not claimed",
    async run({ store, other }) {
      await store.join("a", LEASE);
      const [revision] = await store.commit("a", [commitOf("1")]);
      await store.commit("a", [commitOf("1", { after: revision, ended: true, active: ["Done"] })]);
      await store.leave("a");
      await other.join("b", LEASE);
      same(await other.claim("b", orders), []);
      const row = await other.read("order", "1");
      same([row?.ended, row?.owner], [true, null]);
    },
  },
  {
    name: "lists are in the order of ids, then kinds, and go on behind an item",
    async run({ store, other }) {
      await store.join("a", LEASE);
      const ids = ["b", "a", "B", "10", "9", "ä"];
      await store.commit("a", ids.map((id) => commitOf(id)));
      await store.commit("a", [commitOf("a", { kind: "alpha" })]);
      const all = await other.list({});
      same(all.map(({ id, kind }) => `${id} ${kind}`), [
        "10 order",
        "9 order",
        "B order",
        "a alpha",
        "a order",
        "b order",
        "ä order",
      ]);
      same((await other.list({ after: { id: "B" }, limit: 2 })).map(({ kind }) => kind), [
        "alpha",
        "order",
      ]);
      same((await other.list({ after: { id: "a", kind: "alpha" }, limit: 1 }))[0].kind, "order");
      same((await other.list({ kind: "alpha" })).length, 1);
    },
  },
  {
    name: "lists search by active states, labels and end",
    async run({ store, other }) {
      await store.join("a", LEASE);
      await store.commit("a", [
        commitOf("1", { active: ["A", "B"], tags: ["x"] }),
        commitOf("2", { active: ["B"], tags: ["x", "y"], failed: true }),
        commitOf("3", { active: ["C"], ended: true }),
      ]);
      const ids = async (query: Parameters<Store["list"]>[0]) =>
        (await other.list(query)).map(({ id }) => id);
      same(await ids({ active: ["B"] }), ["1", "2"]);
      same(await ids({ active: ["A", "B"] }), ["1"]);
      same(await ids({ tags: ["x", "y"] }), ["2"]);
      same(await ids({ ended: true }), ["3"]);
      same(await ids({ ended: false, active: ["B"], tags: ["x"] }), ["1", "2"]);
      same((await other.list({ active: ["B"] })).map(({ failed }) => failed), [false, true]);
    },
  },
  {
    name: "what happened is kept in order, or not at all",
    async run({ store, other }) {
      await store.join("a", LEASE);
      const [one] = await store.commit("a", [commitOf("1", { log: "[1]" })]);
      const [two] = await store.commit("a", [commitOf("1", { after: one })]);
      await store.commit("a", [commitOf("1", { after: two, log: "[2,3]", at: 2_000 })]);
      const history = await other.history("order", "1");
      if (history.length === 0) return;
      same(history.map(({ log, at }) => [log, at]), [["[1]", 1_000], ["[2,3]", 2_000]]);
      ok(history[0].revision < history[1].revision, "revisions count up");
    },
  },
  {
    name: "of many who claim at once each flow has one",
    async run({ store, other }) {
      await store.join("a", LEASE);
      const ids = Array.from({ length: 50 }, (_, i) => `${i}`);
      await store.commit("a", ids.map((id) => commitOf(id)));
      await store.leave("a");
      const owners = ["b", "c", "d", "e"];
      await Promise.all(owners.map((owner) => store.join(owner, LEASE)));
      const claims = await Promise.all(
        owners.flatMap((owner, i) => {
          const from = i % 2 === 0 ? store : other;
          return [from.claim(owner, { ...orders, limit: 7 }), from.claim(owner, orders)];
        }),
      );
      const claimed = claims.flat();
      same(claimed.length, 50);
      same(new Set(claimed.map(({ id }) => id)).size, 50);
      for (const { id, owner, revision } of claimed) {
        const wrong = owner === "b" ? "c" : "b";
        same(await other.commit(wrong, [commitOf(id, { after: revision })]), [0]);
      }
    },
  },
  {
    name: "many commits of many flows at once are stored, each or not",
    async run({ store }) {
      await store.join("a", LEASE);
      const ids = Array.from({ length: 300 }, (_, i) => `${i}`);
      const revisions = await store.commit("a", ids.map((id) => commitOf(id)));
      ok(revisions.every((revision) => revision > 0), "all are new");
      const next = await store.commit(
        "a",
        ids.map((id, i) => commitOf(id, { after: i % 3 === 0 ? 9_999 : revisions[i] })),
      );
      same(next.filter((revision) => revision === 0).length, 100);
      same((await store.list({})).length, 300);
    },
  },
];

function ok(holds: boolean, what: string): void {
  if (!holds) throw new Error(`The store is wrong: ${what}`);
}

/** Compares by what JSON makes of it, names in any order. */
function same(actual: unknown, expected: unknown): void {
  const [a, e] = [textOf(actual), textOf(expected)];
  if (a !== e) throw new Error(`The store gave\n${a}\nexpected\n${e}`);
}

function textOf(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  ) ?? "undefined";
}
