import { assertEquals } from "@std/assert";

/** What is to be collected, in a process of its own with a forced collection. */
const PROGRAM = `
import { Machine } from ${JSON.stringify(new URL("../mod.ts", import.meta.url).href)};

const refs = {};
const schema = { Foo: { multi: true }, Bar: {} };

(function disposed() {
  const parent = new Machine(schema);
  const machine = new Machine(schema, { parent, signal: globalThis.keptController.signal });
  machine.add("Foo");
  machine.when("Bar");
  machine.stateContext("Foo").signal;
  machine.dispose();
  refs.machine = new WeakRef(machine);
  globalThis.keptParent = parent;
})();

const kept = globalThis.kept = new Machine(schema);
await (async function settled() {
  const controller = new AbortController();
  const promise = kept.when("Bar", { signal: globalThis.keptController.signal, timeout: 1e6 });
  const aborted = kept.when("Bar", { signal: controller.signal });
  controller.abort();
  refs.promise = new WeakRef(promise);
  refs.aborted = new WeakRef(aborted);
  kept.add("Bar");
  await promise;
})();

(function expired() {
  const context = kept.stateContext("Bar");
  refs.context = new WeakRef(context);
  refs.signal = new WeakRef(context.signal);
  refs.child = new WeakRef(context.child());
  kept.remove("Bar");
})();

(function forgotten() {
  refs.forgotten = new WeakRef(new Machine(schema, { parent: null }));
})();

for (let i = 0; i < 20; i++) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  gc();
}
console.log(Object.entries(refs).filter(([, ref]) => ref.deref() !== undefined).map(([name]) => name).join());
`;

Deno.test("disposed machines, settled waits and expired contexts are collected", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--v8-flags=--expose-gc",
      "--no-lock",
      `globalThis.keptController = new AbortController();${
        PROGRAM.replace(/^import .*$/m, (line) =>
          line.replace("import {", "const {").replace("} from ", "} = await import(").replace(
            /;$/,
            ");",
          ))
      }`,
    ],
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(new TextDecoder().decode(stdout), "\n");
});
