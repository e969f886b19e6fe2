import { assertEquals } from "@std/assert";
import { Machine } from "../../mod.ts";
import { pipe, whenChildren } from "../../pipes/mod.ts";
import { gcProgram } from "../machine/own_process.ts";

/** A signal that counts its listeners. */
function counted(signal: AbortSignal) {
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, given);
  };
  return { signal, count: () => listeners };
}

/** Counts the subscriptions of a machine. */
function subscriptions(machine: Machine<{ X: unknown }>) {
  let count = 0;
  const subscribe = machine.subscribe.bind(machine);
  machine.subscribe = (fn, options) => {
    count++;
    let live = true;
    const end = subscribe(fn, options);
    const ended = () => {
      if (live) count--;
      live = false;
      end();
    };
    return Object.assign(ended, { [Symbol.dispose]: ended });
  };
  return () => count;
}

const ends: [
  string,
  (o: { a: Machine<never>; b: Machine<never>; unbind(): void; abort(): void }) => void,
][] = [
  ["unbind", ({ unbind }) => unbind()],
  ["signal", ({ abort }) => abort()],
  ["source disposed", ({ a }) => a.dispose()],
  ["target disposed", ({ b }) => b.dispose()],
];
for (const [name, end] of ends) {
  Deno.test(`${name}: no subscription, listener or waiter is left`, () => {
    const a = new Machine({ X: {} });
    const b = new Machine({ Y: {} });
    const controller = new AbortController();
    const own = counted(controller.signal);
    const over = counted(b.context.signal);
    const subscribed = subscriptions(a as never);
    const binding = pipe(a, { X: "Y" }, b, { signal: own.signal });
    assertEquals([own.count(), over.count(), subscribed()], [1, 1, 1]);
    a.add("X");
    end({
      a: a as never,
      b: b as never,
      unbind: () => binding.unbind(),
      abort: () => controller.abort(),
    });
    assertEquals([own.count(), over.count(), subscribed()], [0, 0, 0]);
    assertEquals([a.waiterCount, b.waiterCount], [0, 0]);
  });
}

Deno.test("whenChildren leaves no listener when it is settled", async () => {
  const parent = new Machine({});
  const children = [1, 2, 3].map(() => new Machine({ X: {} }, { parent }));
  const subscribed = children.map((child) => subscriptions(child as never));
  const { signal, count } = counted(new AbortController().signal);
  const done = whenChildren(parent, "X", { signal, timeout: 60_000 });
  assertEquals(count(), 1);
  for (const child of children) child.add("X");
  await done;
  assertEquals([count(), ...subscribed.map((each) => each())], [0, 0, 0, 0]);
});

const pipes = JSON.stringify(new URL("../../pipes/mod.ts", import.meta.url).href);

for (const end of ["a.dispose()", "b.dispose()", "binding.unbind()", "controller.abort()"]) {
  Deno.test(`after ${end} neither end keeps the other`, async () => {
    const lines = await gcProgram(`
      const { pipe } = await import(${pipes});
      const controller = new AbortController();
      const keepA = new Machine({ X: {} }), keepB = new Machine({ Y: {} });
      const left = (() => {
        const make = (a, b) => {
          const binding = pipe(a, { X: "Y" }, b, { signal: controller.signal });
          a.add("X");
          return binding;
        };
        const refs = [];
        { const a = keepA, b = new Machine({ Y: {} }); refs.push(new WeakRef(b)); const binding = make(a, b); ${end}; }
        if (${JSON.stringify(end)} !== "controller.abort()") {
          const a = new Machine({ X: {} }), b = keepB; refs.push(new WeakRef(a)); const binding = make(a, b); ${end};
        }
        return refs;
      })();
      for (let i = 0; i < 10; i++) { await new Promise((r) => setTimeout(r, 5)); gc(); }
      print(left.filter((ref) => ref.deref()).length);
      print(keepA.disposed + " " + keepB.disposed);
    `);
    assertEquals(lines[0], "0");
  });
}

Deno.test("two ends that are given up go together, piped or not", async () => {
  const lines = await gcProgram(`
    const { pipe } = await import(${pipes});
    const refs = (() => Array.from({ length: 20 }, () => {
      const a = new Machine({ X: {} }), b = new Machine({ Y: {} });
      pipe(a, { X: "Y" }, b);
      a.add("X");
      return [new WeakRef(a), new WeakRef(b)];
    }).flat())();
    for (let i = 0; i < 10; i++) { await new Promise((r) => setTimeout(r, 5)); gc(); }
    print(refs.filter((ref) => ref.deref()).length);
  `);
  assertEquals(lines, ["0"]);
});
