import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  args,
  Machine,
  MachineDisposedError,
  type Mutation,
  StateUnknownError,
} from "../../mod.ts";
import { pipe, pipeErrors, PipeLoopError, whenChildren } from "../../pipes/mod.ts";

const quiet = { printErrors: false } as const;
const source = () => new Machine({ Ready: {}, Busy: { multi: true } }, { id: "source" });
const target = () =>
  new Machine({ PeerReady: {}, Other: {}, Work: { multi: true }, Done: {} }, { id: "target" });

Deno.test("a pipe adds and removes with its source, several states too", () => {
  const [a, b] = [source(), target()];
  pipe(a, { Ready: ["PeerReady", "Other"], Busy: "Done" }, b);
  a.add("Ready");
  assertEquals(b.activeStates(), ["PeerReady", "Other"]);
  a.add("Busy");
  a.remove("Ready");
  assertEquals(b.activeStates(), ["Done"]);
});

Deno.test("a pipe carries over what is so when it is made, in the order of its keys", () => {
  const [a, b] = [source(), target()];
  a.add("Busy");
  b.add(["PeerReady", "Other"]);
  const made: string[] = [];
  b.addTracer({ transitionInit: (tx) => void made.push(`${tx.type} ${tx.calledStates}`) });
  pipe(a, { Busy: "Work", Ready: "PeerReady" }, b);
  assertEquals(made, ["add Work", "remove PeerReady"]);
  assertEquals(b.activeStates(), ["Other", "Work"]);
});

Deno.test("a call of an active state is passed on to multi and event states only", () => {
  const [a, b] = [source(), target()];
  pipe(a, { Busy: ["Work", "Done"] }, b);
  a.add("Busy");
  a.add("Busy");
  assertEquals([b.tick("Work"), b.tick("Done")], [3, 1]);
});

Deno.test("a state that several sources feed is active while any of them is", () => {
  const [one, two, b] = [source(), source(), target()];
  pipe(one, { Ready: "PeerReady" }, b);
  const second = pipe(two, { Ready: "PeerReady" }, b);
  one.add("Ready");
  two.add("Ready");
  one.remove("Ready");
  assertEquals(b.is("PeerReady"), true);
  second.unbind(); // leaves the target as it is
  two.remove("Ready");
  assertEquals(b.is("PeerReady"), true);
});

Deno.test("a source that is disposed of lets go of what it held; keep keeps it", () => {
  const [a, b] = [source(), target()];
  pipe(a, { Ready: "PeerReady", Busy: { to: "Other", keep: true } }, b);
  a.add(["Ready", "Busy"]);
  a.dispose();
  assertEquals(b.activeStates(), ["Other"]);
});

Deno.test("a busy target queues, a refused add is not repeated, the source is the source's", () => {
  const a = source();
  const b = new Machine({ Go: {}, PeerReady: { require: ["Go"] } }, { id: "b" });
  pipe(a, { Ready: "PeerReady" }, b);
  a.add("Ready");
  b.add("Go");
  assertEquals(b.is("PeerReady"), false);
  a.remove("Ready");
  const seen: (Mutation["source"] | undefined)[] = [];
  b.on("PeerReadyState", (e) => void seen.push(e.mutation.source));
  b.on("GoEnd", () => {});
  b.remove("Go");
  b.on("GoState", () => {
    a.add("Ready");
    assertEquals(b.queue.map(({ calledStates }) => calledStates), [["PeerReady"]]);
  });
  b.add("Go");
  assertEquals(b.is("PeerReady"), true);
  assertEquals(seen, [{ machineId: "source", transition: 3, handler: "" }]);
});

Deno.test("arguments are made from the change, and required where states need them", () => {
  const a = new Machine({ Got: { multi: true, args: args<{ n: number }>() } });
  const b = new Machine({ Has: { multi: true, args: args.required<{ n: number }>() } });
  const got: number[] = [];
  b.on("HasState", (e) => void got.push(e.args.n));
  pipe(
    a,
    { Got: { to: "Has", args: ({ mutation }) => ({ n: Number(mutation?.args.n ?? -1) }) } },
    b,
  );
  a.add("Got", { n: 1 });
  a.add("Got", { n: 2 });
  assertEquals(got, [1, 2]);
  // @ts-expect-error: its calls must pass arguments
  assertThrows(() => pipe(a, { Got: "Has" }, b), TypeError, "without args");
  // @ts-expect-error: no such state in the target
  assertThrows(() => pipe(a, { Got: "Hass" }, b), StateUnknownError);
  // @ts-expect-error: no such state in the source
  assertThrows(() => pipe(a, { Gott: "Has" }, b), StateUnknownError);
});

Deno.test("a loop of states is refused by name, two machines may feed each other otherwise", () => {
  const make = (id: string) => new Machine({ X: {}, Y: {}, Z: {} }, { id });
  const [a, b, c] = [make("a"), make("b"), make("c")];
  pipe(a, { X: "Y" }, b);
  pipe(b, { Y: "Z", X: "X" }, c);
  const error = assertThrows(() => pipe(c, { Z: "X" }, a), PipeLoopError);
  assertEquals((error as PipeLoopError).loop, ["a.X", "b.Y", "c.Z", "a.X"]);
  pipe(c, { X: "Y" }, a); // other states
  a.add("X");
  assertEquals([b.is("Y"), c.is("Z"), a.is("Y")], [true, true, false]);
  const self = make("self");
  assertThrows(() => pipe(self, { X: "X" }, self), PipeLoopError, "self.X → self.X");
});

Deno.test("a pipe ends with its target, its signal and by unbind; nothing is left", () => {
  const a = source();
  const stop = new AbortController();
  const bindings = [1, 2, 3].map(() => {
    const b = target();
    return [b, pipe(a, { Ready: "PeerReady" }, b, { signal: stop.signal })] as const;
  });
  bindings[0][0].dispose();
  bindings[1][1].unbind();
  stop.abort();
  a.add("Ready");
  assertEquals(bindings.map(([b]) => b.toString()), ["()", "()", "()"]);
  const done = pipe(a, { Ready: "PeerReady" }, target(), { signal: stop.signal });
  done.unbind();
});

Deno.test("imports and throws in the source pass through", () => {
  const a = new Machine({ Ready: {}, Bad: {} }, quiet);
  const b = target();
  a.on("BadState", () => {
    throw new Error("no");
  });
  pipe(a, { Ready: "PeerReady", Bad: "Other" }, b);
  a.add("Ready");
  const time = a.exportTime();
  a.remove("Ready");
  a.importTime(time);
  assertEquals(b.is("PeerReady"), true);
  a.add("Bad");
  assertEquals(b.tick("Other"), 0);
});

Deno.test("a hundred machines in a row pass a state on", () => {
  const all = Array.from({ length: 100 }, (_, i) => new Machine({ On: {} }, { id: `m${i}` }));
  for (let i = 1; i < all.length; i++) pipe(all[i - 1], { On: "On" }, all[i]);
  all[0].add("On");
  assertEquals(all.every((machine) => machine.is("On")), true);
  all[0].remove("On");
  assertEquals(all.some((machine) => machine.is("On")), false);
  assertThrows(() => pipe(all[99], { On: "On" }, all[0]), PipeLoopError, "m0.On");
});

Deno.test("pipeErrors tells the parent of a child's errors, without its own Exception", async () => {
  const parent = new Machine({ ChildErr: { multi: true } }, quiet);
  const child = new Machine({ A: {} }, { ...quiet, parent, id: "child" });
  const told: unknown[] = [];
  parent.on("ChildErrState", (e) => void told.push(e.args));
  pipeErrors(child, parent, "ChildErr");
  const err = new Error("down");
  child.addErr(err);
  child.remove("Exception");
  child.addErr(err);
  assertEquals(told, [{ err, machine: "child" }, { err, machine: "child" }]);
  assertEquals([parent.isErr(), parent.is("ChildErr")], [false, true]);
  await Promise.resolve();
});

Deno.test("whenChildren counts present children that have the state", async () => {
  const parent = new Machine({ P: {} });
  await whenChildren(parent, "Done");
  const children = [1, 2].map(() => new Machine({ Done: {} }, { parent }));
  new Machine({ Other: {} }, { parent });
  let ended = false;
  const all = whenChildren(parent, "Done").then(() => ended = true);
  children[0].add("Done");
  const late = new Machine({ Done: {} }, { parent });
  children[1].dispose();
  await Promise.resolve();
  assertEquals(ended, false);
  late.add("Done");
  await all;
  assertEquals(parent.tracers, []);
  children[0].remove("Done");
  await assertRejects(() => whenChildren(parent, "Done", { timeout: 1 }), DOMException);
  const stop = new AbortController();
  const waits = whenChildren(parent, "Done", { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assertRejects(() => waits, Error, "enough");
  const last = whenChildren(parent, "Done");
  parent.dispose();
  // Its children are disposed of first: none is left that could be waited for.
  await last.catch((error) => assertEquals(error instanceof MachineDisposedError, true));
});
