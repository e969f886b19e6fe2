import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { args, Machine, returns } from "../../mod.ts";
import {
  atMost,
  defineFlow,
  MemoryStore,
  nextRun,
  openFlows,
  retry,
  saga,
  schedule,
} from "../../durable/mod.ts";

Deno.test("retry() waits longer and longer, up to a limit", async () => {
  using time = new FakeTime(0);
  const at: number[] = [];
  const done = retry(({ attempt }) => {
    at.push(Date.now());
    if (attempt < 6) throw new Error("no");
    return attempt;
  }, { attempts: 6, backoff: 100, factor: 3, max: 1_000, jitter: 0 });
  await time.tickAsync(10_000);
  assertEquals(await done, 6);
  assertEquals(at, [0, 100, 400, 1_300, 2_300, 3_300]);
});

Deno.test("retry() leaves a part of each pause to chance, and never waits longer", async () => {
  using time = new FakeTime(0);
  const at: number[] = [];
  const done = retry(() => {
    at.push(Date.now());
    throw new Error("no");
  }, { attempts: 20, backoff: 1_000, factor: 1, jitter: 0.5 });
  done.catch(() => {});
  await time.tickAsync(20_000);
  await assertRejects(() => done, Error, "no");
  const pauses = at.slice(1).map((ms, i) => ms - at[i]);
  assertEquals(pauses.every((ms) => ms >= 500 && ms <= 1_000), true);
  assertEquals(new Set(pauses).size > 1, true);
});

Deno.test("retry() rejects with the last error, and at once with one that is given up on", async () => {
  class Refused extends Error {}
  let calls = 0;
  const fail = (error: Error) => () => {
    calls++;
    throw error;
  };
  await assertRejects(() => retry(fail(new Error("a")), { attempts: 3, backoff: 0 }), Error, "a");
  assertEquals(calls, 3);
  calls = 0;
  await assertRejects(() => retry(fail(new Refused("b")), { giveUpOn: [Refused] }), Refused);
  await assertRejects(() => retry(fail(new Error("c")), { giveUpOn: (e) => `${e}`.includes("c") }));
  assertEquals(calls, 2);
});

Deno.test("retry() ends with its signal: before, between and within attempts", async () => {
  const reason = new Error("enough");
  await assertRejects(() => retry(() => 1, { signal: AbortSignal.abort(reason) }), Error, "enough");
  const between = new AbortController();
  const waiting = retry(() => Promise.reject(new Error("no")), { signal: between.signal });
  await Promise.resolve();
  between.abort(reason);
  await assertRejects(() => waiting, Error, "enough");
  const within = new AbortController();
  const running = retry(
    ({ signal }) => new Promise((_, no) => signal.addEventListener("abort", () => no("aborted"))),
    { signal: within.signal },
  );
  await Promise.resolve();
  within.abort(reason);
  await assertRejects(() => running, Error, "enough");
});

Deno.test("retry() refuses settings that mean nothing", async () => {
  for (
    const wrong of [{ attempts: 0 }, { factor: 0.5 }, { jitter: 2 }, { backoff: -1 }, { max: NaN }]
  ) {
    await assertRejects(() => retry(() => 1, wrong), RangeError);
  }
});

Deno.test("atMost() runs so many at a time, first come, first served", async () => {
  const run = atMost(2);
  let running = 0;
  let most = 0;
  const began: number[] = [];
  await Promise.all([0, 1, 2, 3, 4, 5].map((n) =>
    run(async () => {
      began.push(n);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
    })
  ));
  assertEquals([most, began, run.running, run.waiting], [2, [0, 1, 2, 3, 4, 5], 0, 0]);
});

Deno.test("atMost() gives a place free after an error, and takes back who gives up", async () => {
  const run = atMost(1);
  await assertRejects(() => run(() => Promise.reject(new Error("no"))));
  let end = () => {};
  const first = run(() => new Promise<void>((resolve) => end = resolve));
  const giveUp = new AbortController();
  const second = run(() => 2, { signal: giveUp.signal });
  const third = run(() => 3);
  giveUp.abort(new Error("tired"));
  await assertRejects(() => second, Error, "tired");
  end();
  await first;
  assertEquals([await third, run.running, run.waiting], [3, 0, 0]);
  assertThrows(() => atMost(0), RangeError);
});

Deno.test("nextRun() knows time zones and their changes, and says what is wrong", () => {
  const at = (cron: string, after: string, timeZone?: string) =>
    nextRun(cron, { after: new Date(after), timeZone })?.toISOString();
  assertEquals(at("*/15 * * * *", "2026-01-01T00:01:00Z"), "2026-01-01T00:15:00.000Z");
  assertEquals(
    at("0 9 * * *", "2026-01-10T00:00:00Z", "America/New_York"),
    "2026-01-10T14:00:00.000Z",
  );
  assertEquals(
    at("0 9 * * *", "2026-07-10T00:00:00Z", "America/New_York"),
    "2026-07-10T13:00:00.000Z",
  );
  assertEquals(at("0 0 29 2 *", "2026-01-01T00:00:00Z"), "2028-02-29T00:00:00.000Z");
  assertThrows(() => nextRun("what"), TypeError, 'Cannot schedule "what"');
  assertThrows(() => nextRun("0 9 * * *", { timeZone: "Mars/Base" }), TypeError, "Mars/Base");
});

Deno.test("schedule() adds a state at each time; a run that goes on is not run twice", async () => {
  using time = new FakeTime(new Date("2026-01-01T00:00:30Z"));
  const machine = new Machine({
    Backup: { args: args<{ due: string }>() },
  });
  const runs: unknown[] = [];
  machine.on("BackupState", (e) => void runs.push(e.args.due));
  const binding = schedule(machine, "* * * * *", "Backup", {
    args: ({ due }) => ({ due: due.toISOString() }),
  });
  await time.tickAsync(60_000);
  await time.tickAsync(60_000);
  assertEquals(runs, ["2026-01-01T00:01:00.000Z"]);
  machine.remove("Backup");
  await time.tickAsync(60_000);
  assertEquals(runs.at(-1), "2026-01-01T00:03:00.000Z");
  binding.unbind();
  machine.remove("Backup");
  await time.tickAsync(600_000);
  assertEquals(runs.length, 2);
});

Deno.test("schedule() makes up for missed runs as it is told", async () => {
  for (const [missed, expected] of [["skip", 0], ["once", 1], ["all", 24]] as const) {
    using time = new FakeTime(new Date("2026-01-02T00:00:01Z"));
    const machine = new Machine({ Run: { multi: true } });
    let runs = 0;
    machine.on("RunState", () => void runs++);
    using _ = schedule(machine, "0 * * * *", "Run", {
      missed,
      since: new Date("2026-01-01T00:00:00Z"),
    });
    await time.tickAsync(10);
    assertEquals([missed, runs], [missed, expected]);
    await time.tickAsync(3_600_000);
    assertEquals([missed, runs], [missed, expected + 1]);
  }
});

Deno.test("schedule() ends with its signal and with the machine, and leaves no timer", async () => {
  using time = new FakeTime(0);
  const machine = new Machine({ Run: { multi: true } });
  const end = new AbortController();
  schedule(machine, "* * * * *", "Run", { signal: end.signal });
  schedule(machine, "* * * * *", "Run");
  end.abort();
  await time.tickAsync(60_000);
  assertEquals(machine.tick("Run"), 1);
  machine.dispose();
  await time.tickAsync(600_000);
  assertEquals(machine.tick("Run"), 1);
  assertThrows(() => schedule(new Machine({ A: {} }), "* * * * *", "B" as "A"), TypeError, '"B"');
});

function tripOf(does: (what: string) => void) {
  return defineFlow({
    schema: { Booking: {}, Booked: {}, Undone: {}, Stuck: {} },
    data: () => ({}),
    start: "Booking",
    ends: ["Booked", "Undone", "Stuck"],
    handlers: {
      async BookingState(e) {
        const trip = saga(e);
        try {
          await trip.step("car", () => does("car"), () => does("no car"));
          await trip.step("hotel", () => does("hotel"), () => does("no hotel"));
          await trip.step("flight", () => does("flight"), () => does("no flight"));
          e.add("Booked");
        } catch {
          try {
            await trip.undo();
            e.add("Undone");
          } catch (error) {
            e.flow.data = { errors: (error as AggregateError).errors.map(String) };
            e.add("Stuck");
          }
        }
      },
    },
  });
}

Deno.test("saga() undoes all it can in reverse, and collects the errors", async () => {
  const did: string[] = [];
  const trip = tripOf((what) => {
    did.push(what);
    if (what === "flight" || what === "no hotel") throw new Error(`failed: ${what}`);
  });
  await using flows = await openFlows(new MemoryStore(), { trip });
  const flow = await flows.start("trip", "1");
  const data = await flow.result();
  assertEquals(did, ["car", "hotel", "flight", "no hotel", "no car"]);
  assertEquals([flow.machine.is("Stuck"), data], [true, { errors: ["Error: failed: no hotel"] }]);
});

Deno.test("saga() that was being undone when the flow stopped goes on undoing", async () => {
  const store = new MemoryStore();
  const did: string[] = [];
  let block = true;
  let blocked = () => {};
  const atBlock = new Promise<void>((resolve) => blocked = resolve);
  const trip = tripOf((what) => {
    did.push(what);
    if (what === "flight" && block) throw new Error("full");
    if (what === "no hotel" && block) {
      blocked();
      return new Promise(() => {}) as never;
    }
  });
  const first = await openFlows(store, { trip });
  await first.start("trip", "1");
  await atBlock;
  await first.close();
  block = false; // the flight would be free by now
  await using second = await openFlows(store, { trip });
  const flow = await second.get("trip", "1");
  await flow!.result();
  assertEquals(flow!.machine.is("Undone"), true);
  assertEquals(did, ["car", "hotel", "flight", "no hotel", "no hotel", "no car"]);
});

Deno.test("a child is found again by its id, and is told when its parent is finished", async () => {
  const store = new MemoryStore();
  const child = defineFlow({
    schema: { Working: {}, Done: { remove: ["Working"] }, Canceled: { remove: ["Working"] } },
    data: (input: { n: number }) => ({ n: input.n }),
    start: "Working",
    ends: ["Done", "Canceled"],
    handlers: { WorkingState: (e) => void (e.flow.data.n < 3 && e.add("Done")) },
  });
  const parent = defineFlow({
    schema: { Begun: {}, Over: { remove: ["Begun"] } },
    data: () => ({ sum: 0 }),
    start: "Begun",
    ends: ["Over"],
    handlers: {
      async BegunState(e) {
        const ids = [1, 2, 3];
        const all = await Promise.all(
          ids.map((n) =>
            e.flow.start(child, `${e.flow.id}-${n}`, { n }, { close: { add: "Canceled" } })
          ),
        );
        const done = await Promise.all([all[0].result(), all[1].result()]);
        e.flow.data.sum = done[0].n + done[1].n;
        e.add("Over");
      },
    },
  });
  await using flows = await openFlows(store, { parent, child });
  const flow = await flows.start("parent", "p");
  assertEquals(await flow.result(), { sum: 3 });
  const items = await flows.list({ kind: "child" });
  assertEquals(items.map(({ id, active }) => [id, active]), [
    ["p-1", ["Done"]],
    ["p-2", ["Done"]],
    ["p-3", ["Canceled"]],
  ]);
});

Deno.test("an update answers when what it did is stored", async () => {
  const store = new MemoryStore();
  const cart = defineFlow({
    schema: {
      Open: {},
      Add: {
        event: true,
        require: ["Open"],
        args: args.required<{ item: string }>(),
        returns: returns<number>(),
      },
      Paid: { remove: ["Open"] },
    },
    data: () => ({ items: [] as string[] }),
    start: "Open",
    ends: ["Paid"],
    handlers: {
      AddEnter: (e) => e.args.item !== "",
      AddState: (e) => e.flow.data.items.push(e.args.item),
    },
  });
  await using flows = await openFlows(store, { cart });
  const flow = await flows.start("cart", "1");
  assertEquals(await flow.ask("Add", { item: "tea" }), 1);
  assertEquals(JSON.parse((await store.read("cart", "1"))!.state).data, { items: ["tea"] });
  await assertRejects(() => flow.ask("Add", { item: "" }));
  assertEquals(await flow.ask("Add", { item: "milk" }), 2);
});

Deno.test("saga() without a flow works in memory", async () => {
  const did: string[] = [];
  const steps = saga();
  await steps.step("a", () => did.push("a"), (n) => did.push(`no a ${n}`));
  await assertRejects(() =>
    steps.step("b", () => Promise.reject(new Error("b")), () => did.push("no b"))
  );
  await steps.step("c", () => did.push("c"), () => Promise.reject(new Error("stuck")));
  const error = await assertRejects(() => steps.undo(), AggregateError);
  assertEquals([did, error.errors.map(String)], [["a", "c", "no a 1"], ["Error: stuck"]]);
});
