import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { HandlerUnknownError, type Machine } from "../../mod.ts";
import { bind, callable, untyped } from "./untyped.ts";

/** State names of every script, with every sort of first letter. */
const NAMES = [
  "Ready",
  "ready",
  "READY",
  "r",
  "R",
  "_ready",
  "$ready",
  "-ready",
  "éclair",
  "Éclair",
  "ßtate",
  "ıstanbul",
  "İstanbul",
  "ready2",
  "состояние",
  "Состояние",
  "状態",
  "مستعد",
  "😀smile",
  "ǆ",
  "ﬁne",
  "is ready",
  "get",
  "constructor",
];

const SUFFIXES = ["Enter", "State", "Exit", "End"];

/** Each way to bind functions by name → the names that were called when `name` came and went. */
const WAYS: Readonly<
  Record<string, (states: object, handlers: Record<string, () => void>) => Machine>
> = {
  "bindHandlers with a literal": (states, handlers) => {
    const machine = untyped(states);
    bind(machine, handlers);
    return machine;
  },
  "options.handlers": (states, handlers) => untyped(states, { handlers }),
  "bindHandlers with an instance": (states, handlers) => {
    class Handlers {}
    Object.assign(Handlers.prototype, handlers);
    const machine = untyped(states);
    bind(machine, new Handlers() as Record<string, unknown>);
    return machine;
  },
  "bindHandlers with a derived instance": (states, handlers) => {
    class Base {}
    Object.assign(Base.prototype, handlers);
    const machine = untyped(states);
    bind(machine, new (class extends Base {})() as Record<string, unknown>);
    return machine;
  },
  "bindHandlers with an object without a prototype": (states, handlers) => {
    const machine = untyped(states);
    bind(machine, Object.assign(Object.create(null), handlers));
    return machine;
  },
  "on": (states, handlers) => {
    const machine = untyped(states);
    for (const [name, fn] of Object.entries(handlers)) callable(machine, "on")(name, fn);
    return machine;
  },
};

for (const [way, make] of Object.entries(WAYS)) {
  Deno.test(`handlers of states of every script are bound by ${way}`, () => {
    for (const name of NAMES) {
      const called: string[] = [];
      const names = [...SUFFIXES.map((suffix) => name + suffix), `Other${name}`, `${name}Other`];
      const handlers = Object.fromEntries(names.map((n) => [n, () => void called.push(n)]));
      const machine = make({ Other: {}, [name]: {} }, handlers);
      machine.add("Other");
      machine.add(name);
      machine.remove(name);
      const came = [`${name}Enter`, `Other${name}`, `${name}State`];
      const left = [`${name}Exit`, `${name}Other`, `${name}End`];
      assertEquals(called, [...came, ...left], name);
    }
  });

  Deno.test(`a handler whose first letter has the wrong case is refused by ${way}`, () => {
    const wrong: [string, string][] = [
      ["Connected", "connectedState"],
      ["connected", "ConnectedState"],
      ["Connected", "connectedEnter"],
      ["Connected", "connectedExit"],
      ["Connected", "connectedEnd"],
      ["Connected", "connectedOther"],
      ["connected", "ConnectedOther"],
      ["Connected", "otherConnected"],
      ["Éclair", "éclairState"],
      ["éclair", "ÉclairState"],
      ["Состояние", "состояниеState"],
      ["x", "anyState"],
      ["x", "anyEnter"],
    ];
    for (const [state, handler] of wrong) {
      const error = assertThrows(
        () => make({ Other: {}, [state]: {} }, { [handler]: () => {} }),
        HandlerUnknownError,
      );
      assertEquals(error.handler, handler);
      assertMatch(error.message, new RegExp(handler));
      const right = `${handler[0].toUpperCase()}${handler.slice(1)}`;
      const other = `${handler[0].toLowerCase()}${handler.slice(1)}`;
      assertMatch(error.message, new RegExp(`${right}|${other}`));
    }
  });

  Deno.test(`any other capitalised name that is no handler is refused by ${way}`, () => {
    const wrong = [
      "ReadySate",
      "ReadyStat",
      "ReadyEntered",
      "Ready",
      "ReadyOthr",
      "RaedyState",
      "AnyExit",
      "AnyEnd",
      "ÉtatState",
      "State",
      "ReadyStateState",
      "ReadyState ",
    ];
    for (const handler of wrong) {
      const error = assertThrows(
        () => make({ Other: {}, Ready: {} }, { [handler]: () => {} }),
        HandlerUnknownError,
      );
      assertEquals(error.handler, handler);
    }
    const { message } = assertThrows(
      () => make({ Other: {}, Ready: {} }, { ReadySate: () => {} }),
    );
    assertMatch(message, /did you mean "ReadyState"/);
  });

  if (way === "on") continue;
  Deno.test(`what is no handler stays free in what is given to ${way}`, () => {
    const free = [
      "close",
      "getState",
      "readyToGo",
      "ready",
      "toString",
      "_Ready",
      "$",
      "état",
      "x",
    ];
    const called: string[] = [];
    const functions = Object.fromEntries(free.map((name) => [name, () => void called.push(name)]));
    const machine = make({ Other: {}, Ready: {} }, {
      ...functions,
      ReadyState: () => void called.push("ReadyState"),
    });
    machine.add(["Ready", "Other"]);
    machine.remove("Ready");
    assertEquals(called, ["ReadyState"]);
  });
}

Deno.test("on takes exact names only", () => {
  for (const name of ["close", "getState", "ready", "", " ", "ReadySate", "readyState"]) {
    const machine = untyped({ Ready: {} });
    assertThrows(() => callable(machine, "on")(name, () => {}), HandlerUnknownError);
  }
});

Deno.test("a refused object binds none of its functions", () => {
  const machine = untyped({ Ready: {}, Other: {} });
  let called = 0;
  const ok = () => void called++;
  assertThrows(() => bind(machine, { ReadyState: ok, OtherSate: ok }), HandlerUnknownError);
  assertThrows(() => bind(machine, { ReadyState: ok, otherState: ok }), HandlerUnknownError);
  machine.add(["Ready", "Other"]);
  assertEquals(called, 0);
});

Deno.test("a name that means two handlers is refused, with both meanings", () => {
  const wrong: [object, string][] = [
    [{ A: {}, AB: {}, B: {}, BB: {} }, "ABB"],
    [{ Re: {}, Ready: {}, ady: {}, State: {} }, "ReadyState"],
    [{ A: {}, State: {} }, "AState"],
  ];
  for (const [states, handler] of wrong) {
    const error = assertThrows(
      () => bind(untyped(states), { [handler]: () => {} }),
      HandlerUnknownError,
    );
    assertMatch(error.message, /ambiguous/);
  }
});

Deno.test("a binding names exactly the handlers that it bound", () => {
  const machine = untyped({ ready: {}, Other: {} });
  const binding = bind(machine, {
    readyState: () => {},
    OtherEnd: () => {},
    close: () => {},
    data: 1,
    OtherEnter: undefined,
  }) as { unbind(): void; names?: readonly string[] };
  assertEquals([...binding.names!].sort(), ["OtherEnd", "readyState"]);
});

Deno.test("a getter among the handlers is not called, an accessor's name is not a handler", () => {
  let called = 0;
  const handlers = Object.defineProperty({ ReadyState: () => {} }, "lazy", {
    enumerable: true,
    get: () => called++,
  });
  bind(untyped({ Ready: {} }), handlers);
  assertEquals(called, 0);
});

Deno.test("every handler of random states is bound, whatever their letters", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 })
    .filter((text) => !/^\d+$/.test(text) && text !== "__proto__");
  fc.assert(fc.property(name, fc.constantFrom(...SUFFIXES), (text, suffix) => {
    const states = { [text]: {} };
    let machine: Machine;
    try {
      machine = untyped(states);
    } catch {
      return; // a name that the schema refuses, as others test
    }
    let called = 0;
    bind(machine, { [text + suffix]: () => void called++ });
    machine.add(text);
    machine.remove(text);
    assertEquals(called, 1);
  }));
});
