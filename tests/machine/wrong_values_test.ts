import { assert, assertEquals, assertMatch } from "@std/assert";
import * as am from "../../mod.ts";
import { Machine } from "../../mod.ts";
import { unhandled } from "./settling.ts";
import { callable, untyped } from "./untyped.ts";

const VALUES: Readonly<Record<string, unknown>> = {
  "undefined": undefined,
  "null": null,
  "true": true,
  "-1": -1,
  "0": 0,
  "1": 1,
  "1.5": 1.5,
  "NaN": NaN,
  "Infinity": Infinity,
  "1n": 1n,
  "a symbol": Symbol("s"),
  "an empty text": "",
  "a text": "Nothing",
  "A": "A",
  "an empty object": {},
  "an empty list": [],
  "a set": new Set(["A"]),
  "a map": new Map([["A", 1]]),
  "[A]": ["A"],
  "[1]": [1],
  "[null]": [null],
  "[[A]]": [["A"]],
  "a hole": [, "A"], // deno-lint-ignore no-sparse-arrays
  "a function": () => false,
  "a date": new Date(0),
  "a promise": Promise.resolve("A"),
  "a signal": new AbortController().signal,
};

type Takes = (value: unknown) => boolean;

const isText: Takes = (value) => typeof value === "string";
const isObject: Takes = (value) => typeof value === "object" && value !== null;
const absent: Takes = (value) => value === undefined;
/** A state's name: any text, although unknown ones are errors of another kind. */
const name: Takes = isText;
const names: Takes = (value) => Array.isArray(value) && Array.from(value).every(isText);
const states: Takes = (value) => isText(value) || names(value);
const argsOf: Takes = (value) => isObject(value) || absent(value) || value === null;
const fn: Takes = (value) => typeof value === "function";
const whole: Takes = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** Milliseconds or a limit: from 0 up, `Infinity` too. */
const limit: Takes = (value) => absent(value) || (typeof value === "number" && value >= 0);
const flag: Takes = (value) => absent(value) || typeof value === "boolean";
const isSignal: Takes = (value) => absent(value) || value instanceof AbortSignal;
const optionsObject: Takes = (value) => absent(value) || (isObject(value) && !Array.isArray(value));
const anything: Takes = () => true;
const type: Takes = (value) => ["add", "remove", "set"].includes(value as string);

/** One parameter: a call with its value, and which values it takes. */
interface Parameter {
  readonly call: (machine: Machine, value: unknown) => unknown;
  readonly takes: Takes;
  /** Whether the call gives a promise. */
  readonly waits?: boolean;
}

const method = (name: string, before: unknown[] = []) => (machine: Machine, value: unknown) =>
  callable(machine, name)(...before, value);

const eventMethod =
  (name: string, before: unknown[] = []) => (machine: Machine, value: unknown): unknown => {
    let outcome: { result?: unknown; error?: unknown } = {};
    machine.on("GoState", (e) => {
      try {
        outcome = { result: callable(e, name)(...before, value) };
      } catch (error) {
        outcome = { error };
      }
    });
    machine.add("Go");
    if ("error" in outcome) throw outcome.error;
    return outcome.result;
  };

const option = (name: string) => (_machine: Machine, value: unknown) =>
  untyped({ A: {} }, { [name]: value });

const waitOptions = (name: string, before: unknown[]): [string, Parameter][] => [
  [`${name}(options)`, { call: method(name, before), takes: optionsObject, waits: true }],
  [`${name}(signal)`, {
    call: (machine, signal) => method(name, before)(machine, { signal }),
    takes: isSignal,
    waits: true,
  }],
  [`${name}(timeout)`, {
    call: (machine, timeout) => method(name, before)(machine, { timeout }),
    takes: limit,
    waits: true,
  }],
];

const PARAMETERS: Readonly<Record<string, Parameter>> = Object.fromEntries<Parameter>([
  ...["add", "remove", "set", "toggle", "canAdd", "canRemove", "canSet"].flatMap(
    (one): [string, Parameter][] => [
      [`${one}(states)`, { call: method(one), takes: states }],
      [`${one}(args)`, { call: method(one, ["A"]), takes: argsOf }],
    ],
  ),
  ...["add", "remove", "set", "toggle"].flatMap((one): [string, Parameter][] => [
    [`e.${one}(states)`, { call: eventMethod(one), takes: states }],
    [`e.${one}(args)`, { call: eventMethod(one, ["A"]), takes: argsOf }],
  ]),
  ...["is", "not", "any", "has"].map((one): [string, Parameter] => [
    `${one}(states)`,
    { call: method(one), takes: states },
  ]),
  ...["tick", "stateContext"].map((one): [string, Parameter] => [
    `${one}(state)`,
    { call: method(one), takes: name },
  ]),
  ["switch(state)", { call: method("switch"), takes: name }],
  ...["time", "timeSum", "clock", "inspect"].map((one): [string, Parameter] => [
    `${one}(states)`,
    { call: method(one), takes: (value) => absent(value) || names(value) },
  ]),
  ["isTick(state)", { call: (m, value) => callable(m, "isTick")(value, 1), takes: name }],
  ["isTick(tick)", { call: method("isTick", ["A"]), takes: whole }],
  ["isTime(time)", {
    call: method("isTime"),
    takes: (value) => Array.isArray(value) && Array.from(value).every(whole),
  }],
  ["isQueued(type)", { call: (m, value) => callable(m, "isQueued")(value, "A"), takes: type }],
  ["isQueued(states)", { call: method("isQueued", ["add"]), takes: states }],
  ["explain(type)", {
    call: (m, value) => callable(m, "explain")(value, "A"),
    takes: (value) => absent(value) || type(value),
  }],
  ["explain(states)", { call: method("explain", ["add"]), takes: states }],
  ["changedSince(clock)", { call: method("changedSince"), takes: isObject }],
  ["addErr(error)", {
    call: method("addErr"),
    takes: (value) => value !== undefined && value !== null,
  }],
  ["addErr(options)", { call: method("addErr", [new Error("x")]), takes: optionsObject }],
  ["addErr(state)", {
    call: (m, state) => callable(m, "addErr")(new Error("x"), { state }),
    takes: (value) => absent(value) || isText(value),
  }],
  ["addErr(args)", {
    call: (m, args) => callable(m, "addErr")(new Error("x"), { args }),
    takes: argsOf,
  }],
  ["e.addErr(error)", {
    call: eventMethod("addErr"),
    takes: (value) => value !== undefined && value !== null,
  }],
  ["when(states)", { call: method("when"), takes: states, waits: true }],
  ["whenNot(states)", { call: method("whenNot"), takes: states, waits: true }],
  ["whenAny(states)", { call: method("whenAny"), takes: names, waits: true }],
  ["whenArgs(state)", {
    call: (m, value) => callable(m, "whenArgs")(value, {}),
    takes: name,
    waits: true,
  }],
  ["whenArgs(args)", { call: method("whenArgs", ["A"]), takes: isObject, waits: true }],
  ["whenTime(states)", {
    call: (m, value) =>
      callable(m, "whenTime")(value, Array.isArray(value) ? value.map(() => 1) : [1]),
    takes: names,
    waits: true,
  }],
  ["whenTime(ticks)", {
    call: (m, value) =>
      callable(m, "whenTime")(Array.isArray(value) ? value.map(() => "A") : ["A"], value),
    takes: (value) => Array.isArray(value) && Array.from(value).every(whole),
    waits: true,
  }],
  ["whenTicks(n)", { call: method("whenTicks", ["A"]), takes: whole, waits: true }],
  ["whenTick(tick)", { call: method("whenTick", ["A"]), takes: whole, waits: true }],
  ["whenQuery(query)", { call: method("whenQuery"), takes: fn, waits: true }],
  ...([
    ["when", ["A"]],
    ["whenNot", ["On"]],
    ["whenArgs", ["A", {}]],
    ["whenTick", ["A", 9]],
    ["whenTicks", ["A", 9]],
    ["whenTime", [["A"], [9]]],
    ["whenQuery", [() => false]],
    ["whenErr", []],
    ["whenQueueEnds", []],
    ["whenDisposed", []],
    ["whenAny", [["A"]]],
    ["eval", [() => 1]],
  ] as [string, unknown[]][]).flatMap(([one, before]) => waitOptions(one, before)),
  ["eval(fn)", { call: method("eval"), takes: fn, waits: true }],
  ["on(name)", { call: (m, value) => callable(m, "on")(value, () => {}), takes: isText }],
  ["on(fn)", { call: method("on", ["AState"]), takes: fn }],
  ["on(signal)", {
    call: (m, signal) => callable(m, "on")("AState", () => {}, { signal }),
    takes: isSignal,
  }],
  ["bindHandlers(handlers)", {
    call: method("bindHandlers"),
    takes: (value) => isObject(value) || fn(value),
  }],
  ["subscribe(fn)", { call: method("subscribe"), takes: fn }],
  ["subscribe(states)", {
    call: (m, states) => callable(m, "subscribe")(() => {}, { states }),
    takes: (value) => absent(value) || names(value),
  }],
  ["onDispose(fn)", { call: method("onDispose"), takes: fn }],
  ["setSchema(schema)", { call: method("setSchema"), takes: () => false }],
  ["setLogLevel(level)", { call: method("setLogLevel"), takes: () => false }],
  ["setLogger(logger)", { call: method("setLogger"), takes: fn }],
  ["setLogArgs(mapper)", { call: method("setLogArgs"), takes: (v) => v === null || fn(v) }],
  ["addTracer(tracer)", {
    call: method("addTracer"),
    takes: (v) => isObject(v) && !Array.isArray(v),
  }],
  ["log(parts)", { call: method("log"), takes: anything }],
  ["importTime(time)", { call: method("importTime"), takes: () => false }],
  ["disposeAsync(options)", { call: method("disposeAsync"), takes: optionsObject, waits: true }],
  ["new Machine(schema)", {
    call: (_, value) => new Machine(value as am.Schema),
    takes: (value) => isObject(value) && Object.getPrototypeOf(value) === Object.prototype,
  }],
  ["new Machine(a state)", {
    call: (_, value) => new Machine({ A: value } as am.Schema),
    takes: (value) => isObject(value) && Object.getPrototypeOf(value) === Object.prototype,
  }],
  ...["auto", "multi"].map((field): [string, Parameter] => [
    `new Machine(${field})`,
    { call: (_, value) => new Machine({ A: { [field]: value } } as am.Schema), takes: flag },
  ]),
  ...["add", "remove", "require", "after"].map((field): [string, Parameter] => [
    `new Machine(${field})`,
    {
      call: (_, value) => new Machine({ B: { [field]: value }, A: {} } as am.Schema),
      takes: (value) => absent(value) || names(value),
    },
  ]),
  ["new Machine(options)", {
    call: (_, value) => new Machine({ A: {} }, value as am.MachineOptions),
    takes: optionsObject,
  }],
  ["options.id", { call: option("id"), takes: (v) => absent(v) || isText(v) }],
  ["options.parent", { call: option("parent"), takes: (v) => absent(v) || v === null }],
  ["options.signal", { call: option("signal"), takes: isSignal }],
  ["options.handlers", {
    call: option("handlers"),
    takes: (v) => absent(v) || isObject(v) || fn(v),
  }],
  ["options.handlerTimeout", { call: option("handlerTimeout"), takes: limit }],
  ["options.queueLimit", { call: option("queueLimit"), takes: limit }],
  ["options.drainLimit", { call: option("drainLimit"), takes: limit }],
  ["options.logLevel", { call: option("logLevel"), takes: absent }],
  ["options.logger", { call: option("logger"), takes: (v) => absent(v) || fn(v) }],
  ["options.logArgs", { call: option("logArgs"), takes: (v) => absent(v) || v === null || fn(v) }],
  ["options.tracers", {
    call: option("tracers"),
    takes: (v) => absent(v) || (Array.isArray(v) && v.length === 0),
  }],
  ["options.tags", { call: option("tags"), takes: (v) => absent(v) || names(v) }],
  ["options.catchErrors", { call: option("catchErrors"), takes: flag }],
  ["options.printErrors", { call: option("printErrors"), takes: flag }],
  ["mergeSchemas(schema)", {
    call: (_, value) => callable(am, "mergeSchemas")({ A: {} }, value),
    takes: (value) =>
      absent(value) || isObject(value) && Object.getPrototypeOf(value) === Object.prototype,
  }],
  ["mergeStates(list)", { call: (_, value) => am.mergeStates(value as string[]), takes: names }],
  ["argsMapper(names)", { call: (_, value) => am.argsMapper(value as string[]), takes: names }],
  ["argsMapper(maxLength)", {
    call: (_, value) => am.argsMapper(["a"], value as number),
    takes: (value) => absent(value) || value === Infinity || whole(value),
  }],
]);

/** Whether an error speaks of the call, and is no accident of the code. */
function check(error: unknown, what: string): void {
  const kinds = [TypeError, RangeError, am.AsyncMachineError];
  assert(kinds.some((kind) => error instanceof kind), `${what}: ${error}`);
  const { message } = error as Error;
  const accident =
    /Cannot read|is not a function|not iterable|is not an object|of undefined|of null|Cannot convert|undefined \(/;
  assert(!accident.test(message), `${what}: an accident: ${message}`);
}

for (const [parameter, { call, takes, waits }] of Object.entries(PARAMETERS)) {
  Deno.test(`a wrong value of ${parameter} is an error that says so, a right one is none`, async () => {
    // Nobody takes the promises of right values: none of them may be missed.
    const lost = await unhandled(async () => {
      for (const [what, value] of Object.entries(VALUES)) {
        const machine = untyped({ A: { multi: true }, On: {}, Go: {} });
        machine.add("On");
        const before = machine.toStringAll();
        let thrown: { error: unknown } | null = null;
        try {
          const result = call(machine, value);
          // Waits that are refused may reject, too.
          if (waits && !takes(value)) await Promise.race([result, Promise.resolve()]);
        } catch (error) {
          thrown = { error };
        }
        const found = thrown as { error: unknown } | null;
        if (takes(value)) {
          // Names may be unknown, and handlers belong to no state: errors in the library's words.
          if (found !== null) {
            assert(
              found.error instanceof am.AsyncMachineError || found.error instanceof RangeError,
              `${what}: ${found.error}`,
            );
          }
        } else {
          assert(found !== null, `${what} passes`);
          check(found.error, what);
          if (!parameter.startsWith("e.")) assertEquals(machine.toStringAll(), before, what);
        }
        setTimeout(() => machine.dispose());
      }
    });
    assertEquals(lost, []);
  });
}

Deno.test("an error of a wrong value says what was given", () => {
  const machine = untyped({ A: {} });
  const given: [() => unknown, RegExp][] = [
    [() => machine.add(new Set(["A"]) as never), /Set/],
    [() => machine.add(1 as never), /1|number/],
    [() => machine.is({} as never), /object/i],
    [() => machine.on("AState", undefined as never), /undefined/],
    [() => machine.on("AState", 5 as never), /5|number/],
    [() => untyped({ A: {} }, { queueLimit: NaN }), /queueLimit.*NaN/],
    [() => untyped({ A: {} }, { handlerTimeout: -1 }), /handlerTimeout.*-1/],
    [() => untyped({ A: {} }, { drainLimit: "many" }), /drainLimit.*(many|string)/],
    [() => untyped({ A: {} }, { id: 7 }), /id.*(7|number)/],
    [() => untyped({ A: { auto: "yes" } }), /A.*auto|auto.*A/],
    [() => untyped({ A: { add: "B" } }), /A.*add|add.*A/],
  ];
  for (const [run, message] of given) {
    let error: Error | null = null;
    try {
      run();
    } catch (caught) {
      error = caught as Error;
    }
    assert(error !== null, `passes: ${message}`);
    assertMatch(error.message, message);
  }
});
