import { assert, assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Entry } from "../../../cases/raft/log.ts";
import type { Message, Reply } from "../../../cases/raft/messages.ts";
import { RaftNode } from "../../../cases/raft/node.ts";
import { Register } from "../../../cases/raft/register.ts";
import { MemoryDisk } from "../../../cases/raft/sim/memory_disk.ts";
import { type Outcome, TIMING } from "../../../cases/raft/states.ts";

interface Call {
  readonly to: number;
  readonly message: Message;
  readonly answered: (reply: Reply) => void;
}

/** Node 1 of three, whose calls are answered by hand. */
function nodeOfThree(disk = new MemoryDisk()) {
  const calls: Call[] = [];
  const node = new RaftNode({
    id: 1,
    members: [1, 2, 3],
    disk,
    application: new Register(),
    random: () => 0,
    transport: { call: (to, message, answered) => calls.push({ to, message, answered }) },
  });
  node.start();
  return { node, calls, disk };
}

const yes = (term: number): Reply => ({ term, ok: true, index: 0 });
const end = { index: 0, term: 0 };

Deno.test("a follower that hears nothing stands, and leads with a majority", () => {
  using time = new FakeTime();
  const { node, calls } = nodeOfThree();
  time.tick(TIMING.election - 1);
  assertEquals(node.machine.activeStates(), ["Follower"]);
  time.tick(1);
  assertEquals(node.machine.activeStates(), ["Candidate"]);
  assertEquals(calls.map(({ message }) => message), [
    { kind: "vote", term: 1, from: 1, end },
    { kind: "vote", term: 1, from: 1, end },
  ]);
  calls[0].answered(yes(1));
  assertEquals(node.machine.activeStates(), ["Leader", "Backed"]);
  node.stop();
});

Deno.test("a vote that comes after the next candidacy has begun elects nobody", () => {
  using time = new FakeTime();
  const { node, calls } = nodeOfThree();
  time.tick(TIMING.election);
  time.tick(TIMING.election);
  assertEquals(node.ballot, { term: 2, vote: 1 });
  calls[0].answered(yes(1));
  calls[1].answered(yes(1));
  assertEquals(node.machine.activeStates(), ["Candidate"]);
  calls[2].answered(yes(2));
  assert(node.machine.is("Leader"));
  node.stop();
});

Deno.test("the same voter counts once", () => {
  using time = new FakeTime();
  const calls: Call[] = [];
  const node = new RaftNode({
    id: 1,
    members: [1, 2, 3, 4, 5],
    disk: new MemoryDisk(),
    application: new Register(),
    random: () => 0,
    transport: { call: (to, message, answered) => calls.push({ to, message, answered }) },
  });
  node.start();
  time.tick(TIMING.election);
  calls[0].answered(yes(1));
  calls[0].answered(yes(1));
  assert(node.machine.not("Leader"));
  calls[1].answered(yes(1));
  assert(node.machine.is("Leader"));
  node.stop();
});

Deno.test("a leader that no majority answers gives up, and tells those who wait", () => {
  using time = new FakeTime();
  const { node, calls } = nodeOfThree();
  time.tick(TIMING.election);
  calls[0].answered(yes(1));
  const outcomes: Outcome[] = [];
  node.propose([{ command: { op: "open" }, answer: (outcome) => outcomes.push(outcome) }]);
  time.tick(2 * TIMING.election);
  assertEquals(node.machine.activeStates(), ["Follower"]);
  assertEquals(outcomes, [{ kind: "unknown" }]);
  node.propose([{ command: { op: "open" }, answer: (outcome) => outcomes.push(outcome) }]);
  assertEquals(outcomes[1], { kind: "redirect", leader: 1 });
  node.stop();
});

Deno.test("peers end with the leadership, and nothing of it is left", () => {
  using time = new FakeTime();
  const { node, calls } = nodeOfThree();
  time.tick(TIMING.election);
  calls[0].answered(yes(1));
  const asked = calls.length;
  node.receive({ kind: "append", term: 2, from: 3, after: end, entries: [], commit: 0 });
  assertEquals([node.machine.activeStates(), node.leader], [["Follower"], 3]);
  time.tick(TIMING.election / 2); // less than an election timeout
  assertEquals(calls.length, asked);
  node.stop();
});

Deno.test("a node whose disk fails has no role any more, and answers nobody", () => {
  using time = new FakeTime();
  const { node, calls, disk } = nodeOfThree();
  time.tick(TIMING.election);
  calls[0].answered(yes(1));
  disk.append = () => {
    throw new Error("no space left");
  };
  const outcomes: Outcome[] = [];
  const answer = (outcome: Outcome) => outcomes.push(outcome);
  node.propose([{ command: { op: "open" }, answer }]);
  assertEquals(node.machine.activeStates(), ["Exception"]);
  assertEquals(outcomes, [{ kind: "unknown" }]);
  node.propose([{ command: { op: "open" }, answer }]);
  assertEquals(outcomes.length, 2);
  assertThrows(
    () => node.receive({ kind: "vote", term: 9, from: 2, end }),
    Error,
    "its disk failed",
  );
  assertEquals(node.machine.add("Follower"), "canceled");
  const asked = calls.length;
  time.tick(10_000);
  assertEquals(calls.length, asked);
  node.stop();
});

Deno.test("a disk that fails while a vote is stored gives no vote", () => {
  using _ = new FakeTime();
  const { node, disk } = nodeOfThree();
  disk.saveBallot = () => {
    throw new Error("no space left");
  };
  assertThrows(() => node.receive({ kind: "vote", term: 1, from: 2, end }), Error, "no space left");
  assert(node.machine.isErr());
  node.stop();
});

Deno.test("nothing that is committed is undone, whatever a message says", () => {
  using _ = new FakeTime();
  const { node } = nodeOfThree();
  const entry: Entry = { term: 1, command: { op: "open" } };
  const head = { kind: "append", from: 2 } as const;
  const first = { ...head, term: 1, after: end, entries: [entry, entry], commit: 2 };
  assertEquals(node.receive(first).ok, true);
  const other: Entry = { term: 5, command: null };
  for (const [index, term] of [[0, 0], [1, 1]]) {
    const wrong = { ...head, term: 5, after: { index, term }, entries: [other], commit: 9 };
    assertEquals(node.receive(wrong).ok, false);
  }
  assertEquals([node.commit, node.log.last, node.log.termAt(2)], [2, 2, 1]);
  node.stop();
});

Deno.test("what follows an entry that differs goes, what was sent twice stays", () => {
  using _ = new FakeTime();
  const { node } = nodeOfThree();
  const of = (term: number): Entry => ({ term, command: null });
  const send = (term: number, after: [number, number], entries: Entry[]) =>
    node.receive({
      kind: "append",
      from: 2,
      term,
      after: { index: after[0], term: after[1] },
      entries,
      commit: 0,
    });
  send(1, [0, 0], [of(1), of(1), of(1)]);
  send(1, [0, 0], [of(1)]); // late
  assertEquals(node.log.last, 3);
  assertEquals(send(3, [3, 2], [of(3)]), { term: 3, ok: false, index: 0 });
  assertEquals(send(3, [9, 3], []), { term: 3, ok: false, index: 3 });
  send(3, [1, 1], [of(2), of(3)]);
  assertEquals([1, 2, 3].map((index) => node.log.termAt(index)), [1, 2, 3]);
  node.stop();
});

Deno.test("what a snapshot holds is there after a restart, and on who receives it", () => {
  using _ = new FakeTime();
  const disk = new MemoryDisk();
  const application = new Register();
  application.apply(1, { op: "open" });
  application.apply(2, { op: "put", session: 1, seq: 1, key: "k", value: "v" });
  const snapshot = { index: 2, term: 1, state: application.save() };
  const { node } = nodeOfThree(disk);
  node.receive({ kind: "install", term: 1, from: 2, snapshot });
  node.receive({ kind: "install", term: 1, from: 2, snapshot }); // again: no harm
  assertEquals([node.applied, node.log.last], [2, 2]);
  node.stop();
  const again = nodeOfThree(disk).node;
  assertEquals([again.applied, again.commit, again.log.end], [2, 2, { index: 2, term: 1 }]);
  again.stop();
});

Deno.test("an answer cannot propose", () => {
  using time = new FakeTime();
  const node = new RaftNode({
    id: 1,
    members: [1],
    disk: new MemoryDisk(),
    application: new Register(),
    random: () => 0,
    transport: { call: () => {} },
  });
  node.start();
  time.tick(TIMING.election);
  assert(node.machine.is("Serving"), "a node of its own needs nobody");
  let said: unknown;
  const answer = () => {
    try {
      node.propose([]);
    } catch (error) {
      said = error;
    }
  };
  node.propose([{ command: { op: "open" }, answer }]);
  assert(said instanceof Error && said.message.includes("Cannot propose"));
  node.stop();
});

Deno.test("a node that was stopped answers nodes by an error and clients by a redirect", () => {
  using time = new FakeTime();
  const { node, calls } = nodeOfThree();
  time.tick(TIMING.election);
  calls[0].answered(yes(1));
  const outcomes: Outcome[] = [];
  const answer = (outcome: Outcome) => outcomes.push(outcome);
  node.propose([{ command: { op: "open" }, answer }]);
  node.stop();
  node.propose([{ command: { op: "open" }, answer }]);
  assertEquals(outcomes.map(({ kind }) => kind), ["unknown", "redirect"]);
  assertThrows(() => node.receive({ kind: "vote", term: 2, from: 2, end }), Error, "was stopped");
  calls[1].answered(yes(1));
});
