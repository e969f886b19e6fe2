import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Binding, Machine } from "../../mod.ts";
import { pipe, PipeLoopError } from "../../pipes/mod.ts";
import { untyped } from "../machine/untyped.ts";

const chain = (n: number) =>
  Array.from({ length: n }, (_, i) => new Machine({ X: {}, Y: {} }, { id: `m${i}` }));

Deno.test("a loop of states is named, whatever its length, and nothing stays bound", () => {
  for (const length of [1, 2, 3, 100]) {
    const machines = chain(length);
    for (let i = 1; i < length; i++) pipe(machines[i - 1], { X: "X" }, machines[i]);
    const last = machines[length - 1];
    const error = assertThrows(
      () => pipe(last, { Exception: "Y", X: "X" }, machines[0]),
      PipeLoopError,
      `m${length - 1}.X → m0.X`,
    );
    assertEquals(error.loop.length, length + 1);
    assertEquals(error.loop[0], error.loop[length]);
    last.add("Exception");
    assertEquals(machines[0].is("Y"), false);
  }
});

Deno.test("a loop within one map, and one through a list", () => {
  const a = new Machine({ X: {}, Y: {}, Z: {} }, { id: "a" });
  assertThrows(() => pipe(a, { X: "Y", Y: "X" }, a), PipeLoopError, "a.X → a.Y → a.X");
  assertThrows(() => pipe(a, { X: ["Y", "Z"], Z: { to: "X", keep: true } }, a), PipeLoopError);
});

Deno.test("two machines feed each other by different states, and one feeds itself", () => {
  const [a, b] = chain(2);
  pipe(a, { X: "X" }, b);
  pipe(b, { Y: "Y" }, a);
  b.on("XState", () => void b.add("Y"));
  a.add("X");
  assertEquals([a.activeStates(), b.activeStates()], [["X", "Y"], ["X", "Y"]]);
  pipe(a, { X: "Y" }, a);
  a.remove("X");
  assertEquals([a.activeStates(), b.activeStates()], [["Y"], ["Y"]], "b still holds Y of a");
});

Deno.test("a pipe that has ended makes no loop", () => {
  const ends: ((o: { binding: Binding; abort(): void; a: Machine; b: Machine }) => void)[] = [
    ({ binding }) => binding.unbind(),
    ({ abort }) => abort(),
  ];
  for (const end of ends) {
    const a = untyped({ X: {} });
    const b = untyped({ X: {} });
    const controller = new AbortController();
    const binding = pipe(a, { X: "X" } as never, b, { signal: controller.signal });
    assertThrows(() => pipe(b, { X: "X" } as never, a), PipeLoopError);
    end({ binding, abort: () => controller.abort(), a, b });
    pipe(b, { X: "X" } as never, a);
    b.add("X");
    assertEquals(a.is("X"), true);
  }
});

Deno.test("100 piped machines: a chain, and a star", () => {
  const machines = chain(100);
  for (let i = 1; i < 100; i++) pipe(machines[i - 1], { X: "X" }, machines[i]);
  machines[0].add("X");
  assertEquals(machines.every((machine) => machine.is("X")), true);
  machines[50].dispose();
  assertEquals(machines.slice(51).some((machine) => machine.is("X")), false);
  assertEquals(machines.slice(0, 50).every((machine) => machine.is("X")), true);
  const hub = new Machine({ Fed: {} });
  const points = chain(100);
  for (const point of points) pipe(point, { X: "Fed" }, hub);
  for (const point of points) point.add("X");
  for (const point of points) {
    assertEquals(hub.is("Fed"), true);
    point.remove("X");
  }
  assertEquals([hub.is("Fed"), hub.tick("Fed")], [false, 2]);
});

Deno.test("property: a fed state is active exactly while some live source is, and a loop is always refused", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("pipe"), from: fc.nat(4), to: fc.nat(4) }),
    fc.record({ do: fc.constantFrom("add", "remove"), from: fc.nat(4), to: fc.constant(0) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    // Out.i is fed by nobody; In.i by pipes; In.i feeds further.
    const machines = Array.from(
      { length: 5 },
      (_, i) => untyped({ Own: {}, In: {} }, { id: `p${i}` }),
    );
    const edges: [number, number][] = [];
    const own = new Set<number>();
    const reaches = (from: number, to: number): boolean =>
      from === to || edges.some(([a, b]) => a === from && reaches(b, to));
    for (const { do: what, from, to } of steps) {
      if (what === "pipe") {
        const loops = reaches(to, from);
        const bindIt = () => pipe(machines[from], { Own: "In", In: "In" } as never, machines[to]);
        if (loops) assertThrows(bindIt, PipeLoopError);
        else {
          bindIt();
          edges.push([from, to]);
        }
      } else if (what === "add") {
        machines[from].add("Own");
        own.add(from);
      } else {
        machines[from].remove("Own");
        own.delete(from);
      }
      const isIn = (at: number): boolean =>
        edges.some(([a, b]) => b === at && (own.has(a) || isIn(a)));
      assertEquals(machines.map((machine) => machine.is("In")), machines.map((_, i) => isIn(i)));
    }
  }));
});
