import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Machine, SchemaError } from "../../mod.ts";
import { SqliteHistory } from "../../telemetry/history/sqlite/mod.ts";
import { numbers } from "./tally.ts";

const SCHEMA = { A: { remove: ["B"] }, B: { remove: ["A"] } } as const;
const WRITER = fileURLToPath(new URL("history_writer.ts", import.meta.url));
const BATCH = 20;

/**
 * Lets a writer write until it is killed: so many ms after it was started (`lines` -1), or after so
 * many lines of it; gives the number of the last commit it spoke of.
 */
async function killedWriter(path: string, lines: number, delay: number): Promise<number> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", WRITER, path, String(BATCH)],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(process.stderr).text();
  let said = "";
  const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (said.split("\n").length > lines) ready();
    }
    ready();
  })();
  if (lines >= 0) await isReady;
  await new Promise((resolve) => setTimeout(resolve, delay));
  process.kill("SIGKILL");
  await reading;
  assertEquals([(await process.status).signal, await errors], ["SIGKILL", ""]);
  // The last line may have been cut off.
  const whole = said.split("\n").slice(0, -1);
  return Number(whole.findLast((line) => line !== "ready") ?? 0);
}

/** What a reader finds after the crash, checked against what the writer said. */
function checkFile(path: string, said: number): number {
  const db = new DatabaseSync(path);
  assertEquals(db.prepare("PRAGMA integrity_check").get(), {
    __proto__: null,
    integrity_check: "ok",
  });
  db.close();
  using store = new SqliteHistory(path);
  const history = store.history("writer");
  if (!history) {
    assertEquals(said, 0);
    return 0;
  }
  const entries = [...history];
  assert(entries.length >= said, `${entries.length} entries, ${said} were committed`);
  assertEquals(entries.length % BATCH, 0, "only whole batches");
  const wrong = entries.findIndex(({ calledStates, tick }, i) =>
    calledStates[0] !== (i % 2 === 0 ? "A" : "B") || tick !== i * 2 + 1
  );
  assertEquals(wrong, -1, "entries follow each other without a gap");
  const time = store.time("writer");
  const machine = new Machine(SCHEMA, { id: "writer" });
  if (!time) {
    assertEquals(entries.length, 0);
    return 0;
  }
  machine.importTime(time);
  const last = entries.at(-1);
  assertEquals(machine.timeSum(), last?.tick ?? 0);
  if (last) assertEquals(machine.activeStates(), [...last.calledStates]);
  assertEquals(machine.add(machine.is("A") ? "B" : "A"), "executed");
  return entries.length;
}

Deno.test("SqliteHistory holds every committed batch after kill -9 at 200 random points", async () => {
  const folder = await Deno.makeTempDir();
  const random = numbers(1);
  const most = [0, 0, 0, 0];
  for (let kill = 0; kill < 50; kill++) {
    // Files that grow over 5 crashes; a fifth of the writers die while they open theirs. They are
    // read only when all are dead: reading takes time in which the others would write on.
    const paths = most.map((_, lane) => `${folder}/${lane}-${Math.floor(kill / 5)}.db`);
    const said = await Promise.all(paths.map((path) => {
      // Not by time alone: how much is written in a time is up to the machine.
      return random(5) > 0
        ? killedWriter(path, 1 + random(4), random(20))
        : killedWriter(path, -1, random(150));
    }));
    paths.forEach((path, lane) => {
      most[lane] = Math.max(most[lane], checkFile(path, said[lane]));
    });
  }
  assert(Math.min(...most) > BATCH, `too little was written: ${most}`);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("SqliteHistory survives a restart, and the machine resumes", async () => {
  const path = await Deno.makeTempFile();
  const first = new SqliteHistory(path, { now: () => 1000 });
  const parent = new Machine(SCHEMA, { id: "parent" });
  first.track(parent);
  const child = new Machine({ C: {} }, { id: "child", parent });
  parent.add("A");
  child.add("C");
  first.close();
  parent.add("B"); // not tracked any more

  using second = new SqliteHistory(path, { now: () => 2000 });
  assertEquals(second.machineIds, ["parent", "child"]);
  const resumed = new Machine(SCHEMA, { id: "parent" });
  resumed.importTime(second.time("parent")!);
  assertEquals(resumed.toString(), "(A:1)");
  using history = second.track(resumed);
  resumed.add("B");
  assert(history.activatedBetween("A", 1000, 1000));
  assert(history.activeBetween("A", 1500, 1600));
  assert(history.deactivatedBetween("A", 2000, 2000));
  assertEquals(second.history("child")!.find({ activated: "C" }).length, 1);
  assertEquals(second.history("nobody"), undefined);
  await Deno.remove(path);
});

Deno.test("SqliteHistory.track() of a machine that was not resumed begins anew", async () => {
  const path = await Deno.makeTempFile();
  for (const now of [1000, 2000]) {
    using store = new SqliteHistory(path, { now: () => now });
    const machine = new Machine(SCHEMA, { id: "anew" });
    const history = store.track(machine);
    machine.add("A");
    assertEquals(history.size, now / 1000);
    assert(!history.deactivatedBetween("A", 0, 3000), "no transition has done that");
    if (now === 2000) assert(history.activatedBetween("A", 2000, 2000));
  }
  await Deno.remove(path);
});

Deno.test("SqliteHistory.time() is the machine's whole time, whatever is tracked", () => {
  using store = new SqliteHistory(":memory:");
  const machine = new Machine(SCHEMA, { id: "whole" });
  using history = store.track(machine, { states: ["A"] });
  machine.add("A");
  machine.remove("A");
  machine.add("B");
  assertEquals(history.size, 2);
  assertEquals(store.time("whole"), machine.exportTime());
});

Deno.test("SqliteHistory.time() of another schema is refused unless a migration is given", () => {
  using store = new SqliteHistory(":memory:");
  const machine = new Machine(SCHEMA, { id: "old" });
  store.track(machine);
  machine.add("B");
  const changed = new Machine({ A: {}, Bee: {} }, { id: "old" });
  const time = store.time("old")!;
  assertThrows(() => changed.importTime(time), SchemaError, "no migration is given");
  changed.importTime(time, ({ names, ticks }) => ({ Bee: ticks[names.indexOf("B")] }));
  assertEquals(changed.toString(), "(Bee:1)");
});

Deno.test("SqliteHistory commits batches by size, on a question and after the interval", async () => {
  const commits: number[] = [];
  const onCommit = (entries: number) => commits.push(entries);
  using store = new SqliteHistory(":memory:", { batch: 3, interval: 5, onCommit });
  const machine = new Machine(SCHEMA);
  using history = store.track(machine);
  store.flush();
  for (const state of ["A", "B", "A", "B"] as const) machine.add(state);
  assertEquals(commits, [1, 3]);
  assertEquals(history.size, 4);
  assertEquals(commits, [1, 3, 1]);
  machine.add("A");
  while (commits.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(commits, [1, 3, 1, 1]);
});

Deno.test("SqliteHistory keeps what it cannot write", async () => {
  const path = await Deno.makeTempFile();
  const other = new DatabaseSync(path);
  {
    using store = new SqliteHistory(path);
    const machine = new Machine(SCHEMA, { id: "kept" });
    using history = store.track(machine);
    machine.add("A");
    other.exec("ALTER TABLE entry RENAME TO hidden");
    assertThrows(() => store.flush());
    other.exec("ALTER TABLE hidden RENAME TO entry");
    machine.add("B");
    assertEquals(history.find({}).map(({ calledStates }) => calledStates), [["A"], ["B"]]);
  }
  other.close();
  await Deno.remove(path);
});

Deno.test("SqliteHistory refuses a batch that is none", () => {
  assertThrows(() => new SqliteHistory(":memory:", { batch: 0 }), RangeError, "batch is 0");
});
