import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { exclusive } from "../../mod.ts";
import { defineFlow } from "../../durable/mod.ts";
import { jobProcessor, type JobProgress, type QueueJob } from "../../jobs/bullmq/mod.ts";

/** A job as a queue would give it, again and again. */
class Job implements QueueJob {
  readonly id = "1";
  readonly queueName = "files";
  progress: unknown = 0;
  /** The lock that is held. */
  lock = "mine";
  readonly seen: (readonly string[])[] = [];
  constructor(readonly data: unknown = { url: "u" }) {}
  updateProgress(progress: object): Promise<void> {
    this.progress = JSON.parse(JSON.stringify(progress));
    this.seen.push((progress as JobProgress).states);
    return Promise.resolve();
  }
  extendLock(token: string): Promise<number> {
    return Promise.resolve(token === this.lock ? 1 : 0);
  }
}

/** Three steps; what each does is given. */
function threeSteps(step: (name: string, key: string, signal: AbortSignal) => Promise<string>) {
  return defineFlow({
    schema: exclusive({ One: {}, Two: {}, Three: {}, Done: {} }),
    data: (input: { url: string }) => ({ ...input, did: [] as string[] }),
    start: "One",
    ends: ["Done"],
    handlers: {
      async OneState(e) {
        e.flow.data.did.push(await e.once("do", ({ key, signal }) => step("One", key, signal)));
        e.add("Two");
      },
      async TwoState(e) {
        e.flow.data.did.push(await e.once("do", ({ key, signal }) => step("Two", key, signal)));
        e.add("Three");
      },
      async ThreeState(e) {
        e.flow.data.did.push(await e.once("do", ({ key, signal }) => step("Three", key, signal)));
        e.add("Done");
      },
    },
  });
}

const RESULT = { url: "u", did: ["One", "Two", "Three"] };

Deno.test("a job is a flow: its result are the data, its progress the states", async () => {
  const keys: string[] = [];
  const run = jobProcessor(threeSteps((name, key) => (keys.push(key), Promise.resolve(name))));
  const job = new Job();
  assertEquals(await run(job, "mine"), RESULT);
  assertEquals(keys, ["One/1", "Two/1", "Three/1"].map((key) => `files/1/${key}/do`));
  assertEquals([...new Set(job.seen.map(String))], ["One", "Two", "Three", "Done"]);
});

Deno.test("an attempt that fails is followed by one that begins where it was", async () => {
  let failures = 2;
  const ran: string[] = [];
  const run = jobProcessor(threeSteps((name) => {
    ran.push(name);
    return name === "Two" && failures-- > 0
      ? Promise.reject(new Error("flaky"))
      : Promise.resolve(name);
  }));
  const job = new Job();
  await assertRejects(() => run(job, "mine"), Error, "flaky");
  assertEquals((job.progress as JobProgress).states, ["Two"]);
  await assertRejects(() => run(job, "mine"), Error, "flaky");
  assertEquals(await run(job, "mine"), RESULT);
  assertEquals(ran, ["One", "Two", "Two", "Two", "Three"]);
});

Deno.test("a job that was done, but not told, is not done again", async () => {
  let ran = 0;
  const run = jobProcessor(threeSteps((name) => (ran++, Promise.resolve(name))));
  const job = new Job();
  await run(job, "mine");
  assertEquals([await run(job, "mine"), ran], [RESULT, 3]);
});

Deno.test("a job that is canceled aborts what it does, and another attempt can go on", async () => {
  let stuck = true;
  let told = () => {};
  const begun = new Promise<void>((resolve) => told = resolve);
  const aborted: string[] = [];
  const run = jobProcessor(threeSteps((name, _, signal) => {
    if (name !== "Two" || !stuck) return Promise.resolve(name);
    told();
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(aborted.push(name)))
    );
  }));
  const job = new Job();
  const cancel = new AbortController();
  const running = run(job, "mine", cancel.signal);
  await begun;
  cancel.abort(new Error("canceled"));
  await assertRejects(() => running, Error, "canceled");
  assertEquals(aborted, ["Two"]);
  stuck = false;
  assertEquals(await run(job, "mine"), RESULT);
  await assertRejects(() => run(new Job(), "mine", cancel.signal), Error, "canceled");
});

Deno.test("a worker that has lost its job stores nothing any more, and says so", async () => {
  const job = new Job();
  let slow = true;
  const run = jobProcessor(
    threeSteps((name) => {
      if (name === "Two" && slow) job.lock = "somebody else's";
      return Promise.resolve(name);
    }),
  );
  await assertRejects(() => run(job, "mine"));
  assertEquals((job.progress as JobProgress).states, ["Two"]);
  job.lock = "mine";
  slow = false;
  assertEquals(await run(job, "mine"), RESULT);
});

Deno.test("without retry, errors are the flow's own matter", async () => {
  const kind = defineFlow({
    schema: {
      ...exclusive({ Working: {}, Undoing: {}, Undone: {} }),
      Exception: { multi: true, add: ["Undoing"] },
    },
    data: () => ({ undone: false }),
    start: "Working",
    ends: ["Undone"],
    handlers: {
      WorkingState: () => Promise.reject(new Error("no")),
      UndoingState(e) {
        e.flow.data.undone = true;
        e.remove("Exception");
        e.add("Undone");
      },
    },
  });
  assertEquals(await jobProcessor(kind, { retry: false })(new Job(), "mine"), { undone: true });
  await assertRejects(() => jobProcessor(kind)(new Job(), "mine"), Error, "no");
});

Deno.test("what is wrong with a job is said: no id, another's progress, a lock without time", async () => {
  const run = jobProcessor(threeSteps((name) => Promise.resolve(name)));
  const wrong = [{}, { hash: 1 }, {
    hash: "h",
    active: "A",
    state: "{}",
    due: null,
    failed: false,
  }];
  for (const checkpoint of wrong) {
    const job = new Job();
    job.progress = { checkpoint };
    await assertRejects(() => run(job, "mine"), TypeError, "checkpoint");
  }
  for (const progress of [0, 50, "half", null, { percent: 3 }, { checkpoint: null }]) {
    const job = new Job();
    job.progress = progress;
    assertEquals(await run(job, "mine"), RESULT); // somebody else's progress is none of ours
  }
  const nameless = Object.assign(Object.create(new Job()), { id: undefined });
  await assertRejects(() => run(nameless, "mine"), TypeError, "id");
  assertThrows(() => jobProcessor(threeSteps((n) => Promise.resolve(n)), { lockDuration: 0 }));
});
