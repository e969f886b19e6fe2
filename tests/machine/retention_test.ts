import { assertEquals, assertLess } from "@std/assert";
import { untyped } from "./untyped.ts";
import { gcProgram } from "./own_process.ts";

const PRELUDE = `
const turn = () => new Promise((resolve) => setTimeout(resolve));
const heap = async () => { for (let i = 0; i < 4; i++) { await turn(); gc(); } return Deno.memoryUsage().heapUsed / 1e6; };
const quiet = (schema, options) => new Machine(schema, { printErrors: false, ...options });
`;

// --- endless programs ---------------------------------------------------------------------------

/** How a handler goes on: `again` is called each time, `e` is its event. */
const LOOPS: Readonly<Record<string, string>> = {
  "e.add with arguments": `e.add("Tick", { payload: new Array(100).fill(n) })`,
  "e.add": `e.add("Tick")`,
  "e.set with arguments": `e.set("Tick", { payload: new Array(100).fill(n) })`,
  "e.toggle": `e.toggle("Other", { payload: new Array(100).fill(n) }); e.add("Tick")`,
  "e.remove": `e.remove("Other", { payload: new Array(100).fill(n) }); e.add(["Tick", "Other"])`,
  "e.addErr":
    `e.addErr(new Error("x"), { state: "Tick", args: { payload: new Array(100).fill(n) } })`,
  "e.machine.add": `e.machine.add("Tick", { payload: new Array(100).fill(n) })`,
  "e.with":
    `if (e.with) e.with(e.machine).add("Tick", { payload: new Array(100).fill(n) }); else throw new Error("There is no e.with")`,
  "an eval": `e.machine.eval(() => { e.add("Tick", { payload: new Array(100).fill(n) }) })`,
  "a context": `e.context; e.signal; e.add("Tick", { before: { n } })`,
};

/** Who listens meanwhile. */
const LISTENERS: Readonly<Record<string, string>> = {
  "nobody": `{}`,
  "a tracer with steps": `{ tracers: [{ steps: true, transitionEnd() {} }] }`,
  "a log": `{ logLevel: "everything", logger() {} }`,
};

function endless(loop: string, options: string): Promise<string[]> {
  return gcProgram(`${PRELUDE}
    const machine = quiet({ Tick: { multi: true }, Other: {} }, ${options});
    let n = 0;
    machine.bindHandlers({
      async TickState(e) {
        n++;
        await (n % 200 ? null : turn());
        ${loop};
      },
    });
    machine.add("Tick");
    for (let i = 0; n < 4_000 && i < 1e3; i++) await turn();
    print(await heap());
    for (let i = 0; n < 16_000 && i < 1e3; i++) await turn();
    print(await heap());
    print(n >= 16_000);
    Deno.exit();
  `);
}

for (const [listener, options] of Object.entries(LISTENERS)) {
  for (const [name, loop] of Object.entries(LOOPS)) {
    if (listener !== "nobody" && name !== "e.add with arguments") continue;
    Deno.test(`a handler that goes on for ever by ${name} keeps nothing, with ${listener}`, async () => {
      const [middle, end, done] = await endless(loop, options);
      assertEquals(done, "true");
      assertLess(Number(end) - Number(middle), 1);
    });
  }
}

Deno.test("machines that mutate each other for ever keep nothing", async () => {
  const [middle, end, done] = await gcProgram(`${PRELUDE}
    const a = quiet({ Ping: { multi: true } }), b = quiet({ Ping: { multi: true } });
    let n = 0;
    for (const [one, other] of [[a, b], [b, a]]) {
      one.bindHandlers({
        async PingState(e) {
          n++;
          await (n % 200 ? null : turn());
          const args = { payload: new Array(100).fill(n), e: null };
          if (n % 2) other.add("Ping", args);
          else e.with ? e.with(other).add("Ping", args) : other.add("Ping", args);
        },
      });
    }
    a.add("Ping");
    for (let i = 0; n < 4_000 && i < 1e3; i++) await turn();
    print(await heap());
    for (let i = 0; n < 16_000 && i < 1e3; i++) await turn();
    print(await heap());
    print(n >= 16_000);
    Deno.exit();
  `);
  assertEquals(done, "true");
  assertLess(Number(end) - Number(middle), 1);
});

Deno.test("an event that is kept keeps its own transition and no earlier one", async () => {
  const [kept] = await gcProgram(`${PRELUDE}
    const machine = quiet({ Tick: { multi: true } }, { tracers: [{}] });
    const refs = [];
    let last = null;
    machine.on("TickState", (e) => {
      refs.push(new WeakRef(e.transition));
      last = e;
      if (refs.length < 50) e.add("Tick", { payload: {} });
    });
    machine.add("Tick");
    await heap();
    print(refs.filter((ref) => ref.deref() !== undefined).length);
  `);
  assertLess(Number(kept), 4);
});

// --- what is hung on something that lives longer ------------------------------------------------------

/** What is made with the machine `m`, given the long-lived `signal`, `parent`, `tracer`, `other`. */
const HUNG: Readonly<Record<string, string>> = {
  "on with a signal": `m.on("AState", () => {}, { signal })`,
  "on with a signal, unbound": `m.on("AState", () => {}, { signal }).unbind()`,
  "on twice with a signal":
    `m.on("AState", () => {}, { signal }); m.on("BState", () => {}, { signal })`,
  "a wait with a signal": `m.when("B", { signal })`,
  "a wait with a signal and a time limit": `m.when("B", { signal, timeout: 1e6 })`,
  "a wait with a signal that was satisfied": `m.when("B", { signal }); m.add("B")`,
  "an eval with a signal":
    `m.on("AState", () => void m.eval(() => {}, { signal }).catch(() => {}))`,
  "onDispose with a signal": `m.onDispose(() => {}, { signal })`,
  "whenDisposed with a signal": `m.whenDisposed({ signal }).catch(() => {})`,
  "a subscription with a signal": `m.subscribe(() => {}, { signal })`,
  "options.signal": `new Machine({ A: {} }, { signal }).dispose()`,
  "options.parent": `new Machine({ A: {} }, { parent }).dispose()`,
  "options.tracers": `new Machine({ A: {} }, { tracers: [tracer] }).dispose()`,
  "addTracer": `m.addTracer(tracer)`,
  "a shared handlers object": `m.bindHandlers(shared)`,
  "a shared handlers object, unbound": `m.bindHandlers(shared).unbind()`,
  "a context's signal in AbortSignal.any": `AbortSignal.any([signal, m.context.signal])`,
  "a child of the parent's context": `m.context.child(); m.stateContext("A").child().signal`,
  "a handler that mutates another machine": `m.on("AState", () => void other.add("A"))`,
};

for (const [what, make] of Object.entries(HUNG)) {
  Deno.test(`a disposed machine with ${what} is collected`, async () => {
    const [kept] = await gcProgram(`${PRELUDE}
      globalThis.long = new AbortController();
      const { signal } = globalThis.long;
      globalThis.parent = new Machine({ A: {} });
      globalThis.other = new Machine({ A: { multi: true } });
      globalThis.shared = { AState() {}, BState() {} };
      globalThis.tracer = { transitionEnd() {} };
      const { parent, other, shared, tracer } = globalThis;
      const refs = [];
      (() => {
        for (let i = 0; i < 200; i++) {
          const m = quiet({ A: {}, B: {} }, i % 2 ? { parent } : {});
          ${make};
          m.add("A");
          m.dispose();
          refs.push(new WeakRef(m));
        }
      })();
      for (let i = 0; i < 5; i++) await heap();
      print(refs.filter((ref) => ref.deref() !== undefined).length);
    `);
    // Registers of the engine may still hold the last one.
    assertLess(Number(kept), 3);
  });
}

Deno.test("a binding with a signal leaves no listener, whatever ends first", () => {
  const ends: Record<
    string,
    (all: {
      machine: ReturnType<typeof untyped>;
      binding: { unbind(): void };
      controller: AbortController;
    }) => void
  > = {
    unbind: ({ binding }) => binding.unbind(),
    abort: ({ controller }) => controller.abort(),
    dispose: ({ machine }) => machine.dispose(),
  };
  for (const first of Object.keys(ends)) {
    for (const second of Object.keys(ends)) {
      const { addEventListener, removeEventListener } = AbortSignal.prototype;
      const controller = new AbortController();
      let listeners = 0;
      controller.signal.addEventListener = (...all: Parameters<typeof addEventListener>) => {
        listeners++;
        addEventListener.apply(controller.signal, all);
      };
      controller.signal.removeEventListener = (...all: Parameters<typeof removeEventListener>) => {
        listeners--;
        removeEventListener.apply(controller.signal, all);
      };
      controller.signal.addEventListener("abort", () => listeners = 0, { once: true });
      listeners = 0;
      const machine = untyped({ A: { multi: true } });
      let called = 0;
      const binding = machine.on("AState", () => void called++, { signal: controller.signal });
      assertEquals(listeners, 1);
      ends[first]({ machine, binding, controller });
      ends[second]({ machine, binding, controller });
      assertLess(listeners, 1, `${first}, ${second}`);
      machine.add("A");
      assertEquals(called, 0, `${first}, ${second}`);
    }
  }
});

// --- what is given up elsewhere ---------------------------------------------------------------------------

Deno.test("waits that lost a race can be given up, and leave nothing", async () => {
  const machine = untyped({ Ok: {}, Bad: {} });
  for (let i = 0; i < 100; i++) {
    const controller = new AbortController();
    const { signal } = controller;
    await Promise.race([machine.when("Ok", { signal }), machine.when("Bad", { signal }), null]);
    controller.abort();
  }
  assertEquals(machine.waiterCount, 0);
});

Deno.test("whenAny leaves nothing behind, whoever wins", async () => {
  const machine = untyped({ Ok: {}, Bad: {} });
  const { whenAny } = machine as unknown as { whenAny(states: string[]): Promise<string> };
  for (const state of ["Ok", "Bad"]) {
    const any = whenAny.call(machine, ["Bad", "Ok"]);
    machine.set(state);
    assertEquals(await any, state);
    assertEquals(machine.waiterCount, 0);
    machine.remove(state);
  }
});

Deno.test("whenDisposed costs nothing that stays, however often it is asked for", async () => {
  const [grown] = await gcProgram(`${PRELUDE}
    const machine = quiet({ A: {} });
    const race = async (n) => {
      for (let i = 0; i < n; i++) await Promise.race([machine.whenDisposed(), null]);
    };
    await race(1_000);
    const before = await heap();
    for (let i = 0; i < 30_000; i++) machine.whenDisposed();
    print((await heap()) - before);
  `);
  assertLess(Number(grown), 3);
});

Deno.test("whenDisposed and onDispose can be given up", async () => {
  const machine = untyped({ A: {} });
  const controller = new AbortController();
  const { signal } = controller;
  let called = 0;
  const loose = machine as unknown as {
    whenDisposed(o: object): Promise<void>;
    onDispose(fn: () => void, o?: object): { unbind(): void };
  };
  const wait = loose.whenDisposed({ signal });
  loose.onDispose(() => called++, { signal });
  const binding = loose.onDispose(() => called++);
  loose.onDispose(() => called += 100);
  binding.unbind();
  controller.abort(new RangeError("enough"));
  assertEquals(await wait.then(() => "", (error) => error.name), "RangeError");
  machine.dispose();
  assertEquals(called, 100);
});
