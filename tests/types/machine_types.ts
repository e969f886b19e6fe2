/** Compile-time tests: `deno check` fails when an expected error is missing. */
import { args, defineSchema, type Handlers, Machine, mergeSchemas } from "../../mod.ts";
import type { AnyMachine } from "../../mod.ts";

const machine = new Machine({
  Foo: { add: ["Bar"], args: args<{ id: number }>() },
  Bar: { multi: true },
  Baz: { require: ["Foo"], remove: ["Bar"], after: ["Exception"] },
});

// @ts-expect-error: an unknown state in a relation
new Machine({ Foo: { add: ["Bra"] }, Bar: {} });
// @ts-expect-error: an unknown relation
new Machine({ Foo: { requires: ["Bar"] }, Bar: {} });
// @ts-expect-error: an unknown option
new Machine({ Foo: {} }, { handlerTimeOut: 1 });

machine.add("Foo", { id: 1 });
machine.add(["Foo", "Bar"], { id: 1 });
machine.add("Bar", { anything: true });
machine.addErr(new Error("x"), { state: "Bar" });
// @ts-expect-error: an unknown state
machine.add("Fo");
// @ts-expect-error: an unknown state in a list
machine.remove(["Foo", "Bra"]);
// @ts-expect-error: an argument of the wrong type
machine.add("Foo", { id: "1" });
// @ts-expect-error: a misspelt argument
machine.set("Foo", { ids: 1 });
// @ts-expect-error: an unknown state of an error
machine.addErr(new Error("x"), { state: "Bra" });
// @ts-expect-error: an unknown state in a check
machine.is("Fooo");
// @ts-expect-error: an unknown state in a check of several
machine.any("Foo", ["Bra"]);
// @ts-expect-error: an unknown state in a wait
machine.when("Bra");
// @ts-expect-error: a misspelt argument in a wait
machine.whenArgs("Foo", { ids: 1 });
machine.whenArgs("Foo", { id: 1 });
const first: "Foo" | "Baz" | undefined = machine.switch("Foo", "Baz");
// @ts-expect-error: an unknown state of a clock
machine.clock().Bra;

machine.bindHandlers({
  FooEnter: (e) => (e.args.id ?? 0) > 0,
  async FooState(e) {
    await Promise.resolve();
    e.add("Bar");
    // @ts-expect-error: an unknown state in an event's mutation
    e.add("Bra");
  },
  FooFoo: () => true,
  FooBar: () => false,
  BarEnd: () => {},
  BazExit: () => {},
  AnyEnter: (e) => e.machine.is("Foo"),
  AnyState: () => {},
  ExceptionState: (e) => void e.args.err.message,
});
// @ts-expect-error: a misspelt handler
machine.bindHandlers({ FooStat: () => {} });
// @ts-expect-error: a handler of an unknown state
machine.bindHandlers({ BraState: () => {} });
// @ts-expect-error: a handler between a state and none
machine.bindHandlers({ FooBra: () => {} });
// @ts-expect-error: an asynchronous negotiation handler
machine.bindHandlers({ FooEnter: async () => await Promise.resolve(true) });
// @ts-expect-error: an argument that the state has not
machine.bindHandlers({ FooState: (e) => e.args.ids });

class Good {
  count = 0;
  helper(): void {}
  FooState(): void {
    this.count++;
  }
}
machine.bindHandlers(new Good());

class Bad {
  FooStat(): void {}
}
// @ts-expect-error: a misspelt handler of a class
machine.bindHandlers(new Bad());

machine.on("FooState", (e) => e.args.id);
// @ts-expect-error: a misspelt handler name
machine.on("FoState", () => {});

const handlers: Handlers<{ Foo: { id: number }; Bar: unknown }> = { FooState: (e) => e.args.id };
// @ts-expect-error: a misspelt handler in the options
new Machine({ Foo: {} }, { handlers: { FooStat: () => {} } });
new Machine({ Foo: {} }, { handlers: { FooState: (e) => e.name } });

const base = defineSchema({ Start: { args: args<{ port: number }>() } });
const merged = new Machine(mergeSchemas(base, { Ready: { auto: true, require: ["Start"] } }));
merged.add("Start", { port: 1 });
merged.is("Ready");
// @ts-expect-error: an unknown state of a merged schema
merged.is("Redy");
// @ts-expect-error: an unknown state in a relation of a merged schema
mergeSchemas(base, { Ready: { require: ["Strat"] } });

// @ts-expect-error: a schema that a program is given by name only
const narrowed: Machine<{ Foo: unknown }> = machine as AnyMachine;
const any: AnyMachine = machine;
new Machine({ Child: {} }, { parent: machine });

void [first, handlers, narrowed, any];
