import { assertEquals, assertThrows } from "@std/assert";
import { type Machine, StateUnknownError } from "../../mod.ts";
import { turns } from "./settling.ts";
import { callable, untyped } from "./untyped.ts";

/** What a machine tells, as `cause changed mutation`. */
function told(machine: Machine, states?: string[]): string[] {
  const lines: string[] = [];
  machine.subscribe(({ cause, changed, mutation }) => {
    lines.push(`${cause} ${changed.join(",")} ${mutation?.calledStates.join(",") ?? "-"}`);
  }, states === undefined ? {} : { states });
  return lines;
}

Deno.test("once per transition that ticked, per import, schema change and disposal", () => {
  const machine = untyped({
    A: { add: ["B"] },
    B: { multi: true },
    C: { auto: true, require: ["A"] },
  });
  const lines = told(machine);
  machine.add("A");
  machine.add("A");
  machine.add("B", { n: 1 });
  machine.canAdd("A");
  machine.remove("Exception");
  const other = untyped({
    A: { add: ["B"] },
    B: { multi: true },
    C: { auto: true, require: ["A"] },
  });
  machine.importTime(other.exportTime());
  machine.importTime(other.exportTime());
  machine.setSchema(
    { New: {}, A: { add: ["B"] }, B: { multi: true }, C: { auto: true, require: ["A"] } } as never,
  );
  machine.dispose();
  assertEquals(
    lines.filter((line) => !line.startsWith("transition")),
    [
      "import A,B,C -",
      "import  -",
      "schema  -",
      "dispose  -",
    ],
  );
  assertEquals(lines.slice(0, 2), ["transition A,B A", "transition C C"]);
  assertEquals(lines.filter((line) => line.startsWith("transition")).at(-1), "transition B B");
});

Deno.test("a state that a throw undid is told, a refused mutation is not", () => {
  const machine = untyped({ A: {}, B: {} });
  machine.on("AState", () => {
    throw new Error("x");
  });
  machine.on("BEnter", () => false);
  const lines = told(machine);
  machine.add("B");
  machine.add("A");
  assertEquals(lines, ["transition A A", "transition Exception Exception"]);
});

Deno.test("with states: only changes of these, a disposal always", () => {
  const machine = untyped({ A: {}, B: {}, C: {} });
  const lines = told(machine, ["C", "A"]);
  machine.add("B");
  machine.add(["A", "B", "C"]);
  machine.remove("C");
  machine.setSchema({ D: {}, A: {}, B: {}, C: {} } as never);
  machine.remove("A");
  machine.dispose();
  assertEquals(lines, ["transition A,C A,B,C", "transition C C", "transition A A", "dispose  -"]);
});

Deno.test("calls never nest: what a subscriber does is queued, into the same drain", () => {
  const machine = untyped({ A: {}, B: {}, C: {} });
  const lines: string[] = [];
  let depth = 0;
  machine.subscribe(({ changed }) => {
    assertEquals(depth++, 0);
    if (changed.includes("A")) assertEquals(machine.add("B"), "queued");
    if (changed.includes("B")) assertEquals(machine.add("C"), "queued");
    lines.push(changed.join());
    depth--;
  });
  assertEquals([machine.add("A"), lines], ["executed", ["A", "B", "C"]]);
});

Deno.test("in order of subscription; one that was taken back meanwhile is not called, a new one for the next change", () => {
  const machine = untyped({ A: {}, B: {} });
  const seen: string[] = [];
  const first = machine.subscribe(() => {
    seen.push("1");
    second();
    machine.subscribe(() => void seen.push("3"));
    first();
  });
  const second = machine.subscribe(() => void seen.push("2"));
  machine.add("A");
  assertEquals(seen, ["1"]);
  machine.add("B");
  assertEquals(seen, ["1", "3"]);
});

Deno.test("taken back by call, using, signal, before and after disposal", () => {
  const machine = untyped({ A: {} });
  const seen: string[] = [];
  const controller = new AbortController();
  machine.subscribe(() => void seen.push("signal"), { signal: controller.signal });
  machine.subscribe(() => void seen.push("aborted"), { signal: AbortSignal.abort() });
  const end = machine.subscribe(() => void seen.push("call"));
  {
    using _ = machine.subscribe(() => void seen.push("using"));
  }
  end();
  end();
  controller.abort();
  machine.add("A");
  machine.dispose();
  machine.subscribe(() => void seen.push("late"))();
  assertEquals(seen, []);
});

Deno.test("waits settle first; one that throws is reported and breaks nothing", async () => {
  const errors: string[] = [];
  const machine = untyped({ A: {}, B: {} }, {
    logger: (line: string) => errors.push(line),
    logLevel: "changes",
  });
  const seen: string[] = [];
  machine.when("A").then(() => seen.push("wait"));
  machine.subscribe(() => {
    seen.push(`first ${machine.waiterCount}`);
    throw new Error("subscriber");
  });
  machine.subscribe(() => void seen.push("second"));
  assertEquals(machine.add("A"), "executed");
  await turns(1);
  assertEquals(seen, ["first 0", "second", "wait"]);
  assertEquals([errors.some((line) => line.includes("subscriber")), machine.isErr()], [
    true,
    false,
  ]);
});

Deno.test("disposal and a schema change from within a subscriber", () => {
  const machine = untyped({ A: {} });
  const seen: string[] = [];
  machine.subscribe(({ cause }) => {
    seen.push(`1 ${cause}`);
    if (cause === "transition") machine.dispose();
  });
  machine.subscribe(({ cause }) => void seen.push(`2 ${cause}`));
  machine.add("A");
  assertEquals(seen.filter((line) => line.endsWith("dispose")), ["1 dispose", "2 dispose"]);
  assertEquals(seen.at(-1)!.endsWith("dispose"), true, "nothing comes after the disposal");
});

Deno.test("what is wrong is said at once", () => {
  const machine = untyped({ A: {} });
  const subscribe = callable(machine, "subscribe");
  assertThrows(() => subscribe(1), TypeError);
  assertThrows(() => subscribe(() => {}, { states: ["Aa"] }), StateUnknownError, "A");
  assertThrows(() => subscribe(() => {}, { signal: 1 }), TypeError);
});
