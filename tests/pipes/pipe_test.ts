import { assertEquals, assertThrows } from "@std/assert";
import { args, Machine, type Mutation, StateUnknownError, type Tracer } from "../../mod.ts";
import { pipe, type PipeChange } from "../../pipes/mod.ts";
import { bind, callable, untyped } from "../machine/untyped.ts";

/** What a machine ran, as `add X`. */
function journal(machine: { addTracer(tracer: Tracer): void }): string[] {
  const lines: string[] = [];
  machine.addTracer({
    transitionEnd: (t) => {
      if (!t.auto) lines.push(`${t.type} ${t.calledStates.join(",")}`);
    },
  });
  return lines;
}

Deno.test("a state follows: entered, left, entered again", () => {
  const a = new Machine({ X: {} });
  const b = new Machine({ Y: {} });
  using _ = pipe(a, { X: "Y" }, b);
  for (const active of [true, false, true]) {
    a[active ? "add" : "remove"]("X");
    assertEquals(b.is("Y"), active);
  }
});

Deno.test("binding: in the order of keys, active ones add, inactive ones remove what nobody holds", () => {
  const a = new Machine({ A: {}, B: {}, C: {}, D: {} });
  const b = new Machine({ A: {}, B: {}, C: {}, D: {} });
  a.add(["B", "D"]);
  b.add(["A", "C"]);
  const lines = journal(b);
  pipe(a, { D: "D", C: "C", B: "B", A: "A" }, b);
  assertEquals(lines, ["add D", "remove C", "add B", "remove A"]);
});

Deno.test("binding: an inactive key removes nothing that another key, or another pipe, holds", () => {
  const a = new Machine({ X: {}, Z: {} });
  const b = new Machine({ Y: {} });
  a.add("X");
  pipe(a, { Z: "Y", X: "Y" }, b);
  assertEquals([b.is("Y"), b.tick("Y")], [true, 1]);
  pipe(new Machine({ X: {} }), { X: "Y" }, b);
  assertEquals(b.tick("Y"), 1);
});

Deno.test("a target state that several sources feed is active while any of them is", () => {
  const sources = [1, 2, 3].map(() => new Machine({ X: {} }));
  const b = new Machine({ Y: {} });
  const pipes = sources.map((source) => pipe(source, { X: "Y" }, b));
  for (const source of sources) source.add("X");
  sources[0].remove("X");
  assertEquals(b.is("Y"), true);
  sources[1].dispose();
  assertEquals(b.is("Y"), true);
  pipes[2].unbind();
  assertEquals(b.is("Y"), true, "unbinding leaves it");
  sources[0].add("X");
  sources[0].remove("X");
  assertEquals(b.is("Y"), false);
});

Deno.test("a state that passes from one key to another in one transition never leaves", () => {
  for (const keys of [["X", "Z"], ["Z", "X"]]) {
    const a = untyped({ X: { remove: ["Z"] }, Z: { remove: ["X"] } });
    const b = untyped({ Y: {} });
    pipe(a, Object.fromEntries(keys.map((key) => [key, "Y"])) as never, b);
    a.add("X");
    a.add("Z");
    assertEquals([b.tick("Y"), a.is("Z")], [1, true]);
  }
});

Deno.test("keep: adds, never removes, and holds for others while it lasts", () => {
  const a = new Machine({ X: {}, Z: {} });
  const b = new Machine({ Y: {} });
  b.add("Y");
  pipe(a, { X: { to: "Y", keep: true }, Z: "Y" }, b);
  assertEquals(b.is("Y"), false, "Z is inactive and nobody holds it");
  a.add(["X", "Z"]);
  a.remove("Z");
  assertEquals(b.is("Y"), true, "X holds it");
  a.remove("X");
  assertEquals(b.is("Y"), true, "kept");
  const c = new Machine({ Y: {} });
  c.add("Y");
  pipe(a, { X: { to: "Y", keep: true } }, c);
  assertEquals(c.is("Y"), true, "an inactive kept one removes nothing on binding");
  a.add("X");
  a.dispose();
  assertEquals(c.is("Y"), true, "nor does a disposal");
});

Deno.test("lists: added in one mutation, removed but for what others hold", () => {
  const a = new Machine({ X: {}, Z: {} });
  const b = new Machine({ P: {}, Q: {} });
  pipe(a, { X: ["P", "Q"], Z: { to: ["Q"] } }, b);
  const lines = journal(b);
  a.add(["X", "Z"]);
  a.remove("X");
  a.remove("Z");
  assertEquals(lines, ["add P,Q", "add Q", "remove P", "remove Q"]);
});

const calls: [string, object, object, number][] = [
  // source, target, ticks of the target after two calls
  ["multi to plain", { multi: true }, {}, 1],
  ["multi to multi", { multi: true }, { multi: true }, 3],
  ["multi to latest", { multi: true }, { multi: "latest" }, 3],
  ["multi to event", { multi: true }, { event: true }, 4],
  ["event to plain", { event: true }, {}, 4],
  ["event to multi", { event: true }, { multi: true }, 4],
  ["event to event", { event: true }, { event: true }, 4],
  ["plain to multi", {}, { multi: true }, 1],
];
for (const [name, from, to, ticks] of calls) {
  Deno.test(`called again: ${name}`, () => {
    const a = untyped({ X: from });
    const b = untyped({ Y: to });
    pipe(a, { X: "Y" } as never, b);
    a.add("X");
    a.add("X", { again: true });
    assertEquals(b.tick("Y"), ticks);
  });
}

Deno.test("args get the change and are given to the target", () => {
  const a = new Machine({ X: { multi: true } }, { id: "a" });
  const b = new Machine({ Y: { multi: true, args: args.required<{ n: number }>() } });
  const changes: PipeChange[] = [];
  const seen: unknown[] = [];
  b.on("YState", (e) => void seen.push(e.args.n));
  a.add("X");
  pipe(a, {
    X: {
      to: "Y",
      args: (change) => {
        changes.push(change);
        return { n: Number(change.mutation?.args.n ?? -1) };
      },
    },
  }, b);
  a.add("X", { n: 7 });
  assertEquals(seen, [-1, 7]);
  assertEquals(changes.map(({ state, tick, machine }) => [state, tick, machine === a]), [
    ["X", 1, true],
    ["X", 3, true],
  ]);
});

Deno.test("mutations carry the source's machine and transition", () => {
  const a = new Machine({ X: {} }, { id: "a" });
  const b = new Machine({ Y: {} });
  const sources: Mutation["source"][] = [];
  b.addTracer({ transitionEnd: (t) => void sources.push(t.source) });
  pipe(a, { X: "Y" }, b);
  a.add("X");
  a.remove("X");
  a.add("X");
  a.dispose();
  assertEquals(
    sources,
    [1, 2, 3, 0].map((transition) => ({
      machineId: "a",
      transition,
      handler: "",
    })),
  );
});

Deno.test("a busy target queues, in order; over its limit it cancels", () => {
  for (
    const [queueLimit, expected] of [[10, ["add Y", "remove Y", "add Z"]], [1, ["add Y"]]] as const
  ) {
    const a = new Machine({ X: {}, W: {} });
    const b = new Machine({ Run: {}, Y: {}, Z: {} }, { queueLimit, printErrors: false });
    pipe(a, { X: "Y", W: "Z" }, b);
    const lines = journal(b);
    b.on("RunState", () => {
      a.add("X");
      a.remove("X");
      a.add("W");
      assertEquals(b.not(["Y", "Z"]), true);
    });
    b.add("Run");
    assertEquals(lines.filter((line) => /[YZ]/.test(line)), [...expected]);
  }
});

Deno.test("a refused add is not repeated; the remove is sent all the same", () => {
  const a = new Machine({ X: {}, Other: {} });
  const b = new Machine({ Y: {} });
  let open = false;
  b.on("YEnter", () => open);
  pipe(a, { X: "Y" }, b);
  a.add("X");
  open = true;
  a.add("Other");
  assertEquals(b.is("Y"), false);
  b.add("Y");
  a.remove("X");
  assertEquals(b.is("Y"), false);
});

Deno.test("the source's end removes what it held, and only that", () => {
  const a = new Machine({ X: {}, Z: {} });
  const b = new Machine({ Y: {}, W: {} });
  pipe(a, { X: "Y", Z: "W" }, b);
  a.add("X");
  b.add("W");
  a.dispose();
  assertEquals(b.activeStates(), ["W"]);
});

const endings: [string, (end: { unbind(): void; abort(): void }) => void][] = [
  ["unbind", ({ unbind }) => unbind()],
  ["unbind twice", ({ unbind }) => (unbind(), unbind())],
  ["signal", ({ abort }) => abort()],
];
for (const [name, finish] of endings) {
  Deno.test(`${name}: the target stays as it is and follows no more`, () => {
    const a = new Machine({ X: {} });
    const b = new Machine({ Y: {} });
    const controller = new AbortController();
    const binding = pipe(a, { X: "Y" }, b, { signal: controller.signal });
    a.add("X");
    finish({ unbind: () => binding.unbind(), abort: () => controller.abort() });
    assertEquals(b.is("Y"), true);
    a.remove("X");
    assertEquals(b.tick("Y"), 1);
    a.dispose();
    assertEquals(b.tick("Y"), 1);
  });
}

Deno.test("an aborted signal, a disposed source or target: nothing is sent or bound", () => {
  const make = () => {
    const a = new Machine({ X: {} });
    a.add("X");
    return { a, b: new Machine({ Y: {} }) };
  };
  const first = make();
  pipe(first.a, { X: "Y" }, first.b, { signal: AbortSignal.abort() });
  assertEquals(first.b.tick("Y"), 0);
  const second = make();
  second.a.dispose();
  pipe(second.a, { X: "Y" }, second.b);
  assertEquals(second.b.tick("Y"), 0);
  const third = make();
  third.b.dispose();
  pipe(third.a, { X: "Y" }, third.b).unbind();
  third.a.remove("X");
  assertEquals(third.b.tick("Y"), 0);
});

Deno.test("an import is followed: one mutation per changed key, also for an activation that was replaced", () => {
  const a = new Machine({ X: {}, Z: {}, W: {} });
  const b = new Machine({ X: {}, Z: {}, W: {} });
  pipe(a, { X: "X", Z: "Z", W: "W" }, b);
  a.add(["X", "W"]);
  const lines = journal(b);
  const other = new Machine({ X: {}, Z: {}, W: {} });
  other.add(["X", "Z"]);
  other.remove("X");
  other.add("X"); // 3
  a.importTime(other.exportTime());
  assertEquals(lines, ["add X", "add Z", "remove W"]);
});

Deno.test("a schema change on either end: pipes go on, and see what is multi by then", () => {
  const a = new Machine({ X: { multi: true } });
  const b = new Machine({ Y: {} });
  pipe(a, { X: "Y" }, b);
  a.add("X");
  b.setSchema({ New: {}, Y: { multi: true } });
  a.setSchema({ New: {}, X: { multi: true } });
  a.add("X", { n: 1 });
  assertEquals(b.tick("Y"), 3);
  a.remove("X");
  assertEquals(b.is("Y"), false);
});

Deno.test("a state that is entered and undone by a throw is not passed on", () => {
  const a = new Machine({ X: {} }, { printErrors: false });
  const b = new Machine({ Y: {}, Err: {} });
  a.on("XState", () => {
    throw new Error("x");
  });
  pipe(a, { X: "Y", Exception: "Err" }, b);
  a.add("X");
  assertEquals([b.tick("Y"), b.is("Err")], [0, true]);
});

Deno.test("a throw in the target's handler is the target's error; the others are sent", () => {
  const a = new Machine({ X: {}, Z: {} });
  const b = new Machine({ Y: {}, W: {} }, { printErrors: false });
  b.on("YState", () => {
    throw new Error("y");
  });
  pipe(a, { X: "Y", Z: "W" }, b);
  a.add(["X", "Z"]);
  assertEquals([b.is("W"), b.isErr(), a.isErr()], [true, true, false]);
});

Deno.test("args that throw, or give no object: on binding the caller's, nothing stays bound; later reported, the others are sent", () => {
  const wrong: [string, () => unknown][] = [
    ["throws", () => {
      throw new TypeError("bad");
    }],
    ["text", () => "x"],
  ];
  for (const [, give] of wrong) {
    const a = untyped({ X: {}, Z: {} });
    const b = untyped({ Y: {}, W: {} });
    const map = { X: { to: "Y", args: give }, Z: "W" } as never;
    a.add("X");
    assertThrows(() => pipe(a, map, b), TypeError);
    a.add("Z");
    assertEquals(b.is("W"), false);
    a.remove(["X", "Z"]);
    pipe(a, map, b);
    const told: unknown[] = [];
    a.setLogger((line) => told.push(line));
    a.setLogLevel("changes");
    a.add(["X", "Z"]);
    assertEquals([b.activeStates(), a.isErr()], [["W"], false]);
    assertEquals(told.some((line) => /bad|expected an object/.test(String(line))), true);
  }
});

Deno.test("an end in the middle of a change: what is left is not sent, what was held is let go", () => {
  const ends: [string, (o: { a: Machine; b: Machine; unbind(): void }) => void, string[]][] = [
    ["unbind", ({ unbind }) => unbind(), ["Y"]],
    ["dispose of the source", ({ a }) => a.dispose(), []],
    ["dispose of the target", ({ b }) => b.dispose(), ["Y"]],
  ];
  for (const [name, end, left] of ends) {
    const a = untyped({ X: {}, Z: {} });
    const b = untyped({ Y: {}, W: {} });
    const binding = pipe(a, { X: "Y", Z: "W" } as never, b);
    bind(b, { YState: () => end({ a, b, unbind: binding.unbind }) });
    a.add(["X", "Z"]);
    assertEquals(b.activeStates(), left, name);
  }
});

Deno.test("binding: a source that changes because of what was sent is followed as it is by then", () => {
  const a = new Machine({ X: {}, Z: {} });
  const b = new Machine({ Y: {}, W: {} });
  a.add(["X", "Z"]);
  b.on("YState", () => void a.remove("Z"));
  pipe(a, { X: "Y", Z: "W" }, b);
  assertEquals([b.activeStates(), a.activeStates()], [["Y"], ["X"]]);
});

Deno.test("what is wrong is said before anything is bound", () => {
  const a = untyped({ Ready: {} });
  const b = untyped({ Y: {}, Must: { args: args.required<{ n: number }>() } });
  a.add("Ready");
  const call = callable({ pipe }, "pipe");
  const wrong: [unknown, typeof Error | typeof StateUnknownError, string][] = [
    [{ Redy: "Y" }, StateUnknownError, "Ready"],
    [{ Ready: "YY" }, StateUnknownError, '"YY"'],
    [{ Ready: "Must" }, TypeError, "must pass arguments"],
    [{ Ready: { to: "Must" } }, TypeError, "must pass arguments"],
    [{ Ready: ["Y", "Must"] }, TypeError, "must pass arguments"],
    [{ Ready: [] }, TypeError, "a state or a list"],
    [{ Ready: null }, TypeError, "Ready"],
    [{ Ready: 1 }, TypeError, "Ready"],
    [{ Ready: { to: "Y", args: 1 } }, TypeError, "expected a function"],
    [null, TypeError, "map"],
  ];
  for (const [map, type, text] of wrong) assertThrows(() => call(a, map, b), type, text);
  assertThrows(() => call(a, { Ready: "Y" }, b, { signal: 1 }), TypeError, "AbortSignal");
  assertEquals(b.time(), [0, 0, 0]);
});

Deno.test("a mirror's mutations are promises: one that fails crashes nothing", async () => {
  const a = new Machine({ X: {} });
  const b = untyped({ Y: {} });
  const sent: string[] = [];
  const mirror = {
    id: "mirror",
    disposed: false,
    schema: b.schema,
    context: b.context,
    add: (states: string[]) => (sent.push(`add ${states}`), Promise.reject(new Error("down"))),
    remove: (
      states: string[],
    ) => (sent.push(`remove ${states}`), Promise.reject(new Error("down"))),
  };
  callable({ pipe }, "pipe")(a, { X: "Y" }, mirror);
  a.add("X");
  a.remove("X");
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(sent, ["remove Y", "add Y", "remove Y"]);
});
