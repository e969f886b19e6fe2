import { assert, assertEquals, assertMatch } from "@std/assert";
import { explainable } from "./explainable.ts";
import { untyped } from "./untyped.ts";

/** What is printed meanwhile, by the console's function. */
function printed(name: "log" | "error", run: () => void): string[] {
  const real = console[name];
  const lines: string[] = [];
  console[name] = (...all: unknown[]) => void lines.push(all.map(String).join(" "));
  try {
    run();
  } finally {
    console[name] = real;
  }
  return lines;
}

Deno.test("the default logger prints the whole id", () => {
  const ids = ["peer-1", "peer-2", "a", "x".repeat(100), "状態"];
  for (const id of ids) {
    const lines = printed(
      "log",
      () => void untyped({ A: {} }, { id, logLevel: "changes" }).add("A"),
    );
    assertEquals(lines, [`[${id}] [state] +A`]);
  }
});

Deno.test("machines without an id are told apart in the log", () => {
  const lines = printed("log", () => {
    for (let i = 0; i < 20; i++) untyped({ A: {} }, { logLevel: "changes" }).add("A");
  });
  assertEquals(new Set(lines).size, 20);
});

Deno.test("an overflowing queue is printed once per drain, with a count", () => {
  for (const tracers of [[], [{}]]) {
    const machine = untyped({ A: { multi: true }, Go: { multi: true } }, {
      printErrors: true,
      queueLimit: 10,
      tracers,
    });
    const results: string[] = [];
    machine.on("GoState", () => {
      for (let i = 0; i < 500; i++) results.push(machine.add("A", { i }));
    });
    const lines = printed("error", () => void machine.add("Go"));
    assertEquals(results.filter((one) => one === "canceled").length, 490);
    assert(lines.length <= 2, `${lines.length} times`);
    assertMatch(lines.join(), /490/);
    assertMatch(lines.join(), /QueueLimitError/);
    assertEquals(printed("error", () => void machine.add("Go")).length, lines.length);
  }
});

Deno.test("a tracer or logger that always throws is printed at most once per drain", () => {
  const failing = () => {
    throw new Error("mine");
  };
  for (
    const options of [
      { tracers: [{ transitionInit: failing }] },
      { tracers: [{ handlerStart: failing, transitionEnd: failing }] },
      { logLevel: "everything", logger: failing },
      { logLevel: "everything", logger: () => {}, logArgs: failing },
    ]
  ) {
    const machine = untyped({ A: { multi: true }, Go: {} }, { printErrors: true, ...options });
    machine.on("GoState", () => {
      for (let i = 0; i < 300; i++) machine.add("A", { i });
    });
    const lines = printed("error", () => void machine.add("Go"));
    assert(lines.length >= 1 && lines.length <= 5, `${lines.length} times`);
  }
});

Deno.test("an explanation outlives the schema, or is gone", () => {
  for (const { schema, provoke, next, says } of explainable) {
    const machine = untyped(schema);
    provoke(machine);
    const before = machine.explain();
    assertMatch(before?.message ?? "", says);
    machine.setSchema(next as never);
    const after = machine.explain();
    assert(after === null || after.message === before!.message, after?.message);
  }
});

Deno.test("what is remembered from before a schema change stays as it was", () => {
  const machine = untyped({ B: {}, A: { require: ["B"] }, Z: {} });
  const seen: {
    before: readonly string[];
    enters: readonly string[];
    target: readonly string[];
  }[] = [];
  let transition: {
    statesBefore: readonly string[];
    enters: readonly string[];
    target: readonly string[];
    calledStates: readonly string[];
  };
  machine.on("AState", (e) => {
    transition = e.transition;
  });
  const look = () =>
    seen.push({
      before: transition.statesBefore,
      enters: transition.enters,
      target: transition.target,
    });
  machine.add("Z");
  machine.add(["A", "B"]);
  look();
  machine.setSchema({ New: {}, Z: { remove: ["B"] }, A: {}, B: {} } as never);
  look();
  assertEquals(seen[1], seen[0]);
  assertEquals(transition!.calledStates, ["A", "B"]);
});
