/** Compile-time tests: every shape of arguments × mutations, lists, handlers, pairs and waits. */
import {
  args,
  type ArgsOf,
  type EventArgs,
  Machine,
  type Obligatory,
  type Requests,
  returns,
  type StatesOf,
} from "../../mod.ts";
import { defineSchema } from "../../mod.ts";

/** Fails to compile unless both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true
  : false;
function same<A, B>(_same: Same<A, B>): void {}

type Message = { kind: "a"; x: number } | { kind: "b"; y: string };
interface Box<T> {
  readonly box: T;
}

const schema = defineSchema({
  None: {},
  Plain: { args: args<{ id: number }>() },
  Optional: { args: args<{ id: number; note?: string }>() },
  Union: { args: args<Message>() },
  Generic: { args: args<Box<readonly string[]>>() },
  List: { args: args<{ items: string[] }>() },
  Map: { args: args<Record<string, number>>() },
  Unknown: { args: args<{ it: unknown }>() },
  Nothing: { args: args<never>() },
  Must: { args: args.required<{ name: string }>() },
  MustUnion: { multi: true, args: args.required<Message>() },
  Price: { args: args<{ id: number }>(), returns: returns<number>() },
  MustPrice: { args: args.required<{ id: number }>(), returns: returns<"up" | "down">() },
  Answer: { returns: returns<boolean>() },
});
type S = StatesOf<typeof schema>;
const machine = new Machine(schema);

same<ArgsOf<S, "None">, Record<string, unknown>>(true);
same<ArgsOf<S, "Plain">, { id: number }>(true);
same<ArgsOf<S, "Union">, Message>(true);
same<ArgsOf<S, "Must">, { name: string }>(true);
same<ArgsOf<S, "MustUnion">, Message>(true);
same<ArgsOf<S, "Price">, { id: number }>(true);
same<ArgsOf<S, "Answer">, Record<string, unknown>>(true);
same<EventArgs<S, "Plain">, Partial<{ id: number }>>(true);
same<EventArgs<S, "Union">, Partial<Message>>(true);
same<EventArgs<S, "Must">, { name: string }>(true);
same<EventArgs<S, "MustUnion">, Message>(true);

// Each way to call a state takes, and refuses, the same.
for (const call of ["add", "set", "toggle", "canAdd", "canSet"] as const) {
  machine[call]("None");
  machine[call]("None", { anything: 1 });
  machine[call]("Plain");
  machine[call]("Plain", undefined);
  machine[call]("Plain", { id: 1 });
  // @ts-expect-error: a wrong type
  machine[call]("Plain", { id: "1" });
  // @ts-expect-error: an unknown argument
  machine[call]("Plain", { id: 1, ids: 2 });
  machine[call]("Optional", { id: 1 });
  // @ts-expect-error: no id
  machine[call]("Optional", { note: "x" });
  machine[call]("Union", { kind: "a", x: 1 });
  machine[call]("Union", { kind: "b", y: "" });
  // @ts-expect-error: of the other kind
  machine[call]("Union", { kind: "a", y: "" });
  machine[call]("Generic", { box: ["x"] });
  // @ts-expect-error: another box
  machine[call]("Generic", { box: [1] });
  machine[call]("List", { items: [] });
  // @ts-expect-error: a wrong item
  machine[call]("List", { items: [1] });
  machine[call]("Map", { a: 1, b: 2 });
  // @ts-expect-error: a wrong value
  machine[call]("Map", { a: "1" });
  machine[call]("Unknown", { it: Symbol() });
  machine[call]("Nothing");
  // @ts-expect-error: it takes nothing
  machine[call]("Nothing", { a: 1 });
  machine[call]("Must", { name: "x" });
  // @ts-expect-error: it must have arguments, not undefined
  machine[call]("Must", undefined);
  machine[call]("MustUnion", { kind: "a", x: 1 });
  // Lists take all that their states declare.
  machine[call](["Plain", "None"], { id: 1 });
  machine[call](["Plain", "Must"], { id: 1, name: "x" });
  // @ts-expect-error: not all that they declare
  machine[call](["Plain", "Must"], { name: "x" });
  machine[call](["Union", "Must"], { kind: "b", y: "", name: "x" });
  // @ts-expect-error: the typo is reported, not the missing arguments
  machine[call]("Mus");
  machine[call]("Exception", { err: new Error() });
}
// A union of methods, as above, may leave them out; each method on its own may not.
// @ts-expect-error: it must have arguments
machine.add("Must");
// @ts-expect-error: a union must be passed, too
machine.add("MustUnion");
// @ts-expect-error: one of the list must have arguments
machine.add(["None", "Must"]);
// @ts-expect-error: it must have arguments
machine.set("Must");
// @ts-expect-error: a union must be passed, too
machine.set("MustUnion");
// @ts-expect-error: one of the list must have arguments
machine.set(["None", "Must"]);
// @ts-expect-error: it must have arguments
machine.toggle("Must");
// @ts-expect-error: a union must be passed, too
machine.toggle("MustUnion");
// @ts-expect-error: one of the list must have arguments
machine.toggle(["None", "Must"]);
// @ts-expect-error: it must have arguments
machine.canAdd("Must");
// @ts-expect-error: a union must be passed, too
machine.canAdd("MustUnion");
// @ts-expect-error: one of the list must have arguments
machine.canAdd(["None", "Must"]);
// @ts-expect-error: it must have arguments
machine.canSet("Must");
// @ts-expect-error: a union must be passed, too
machine.canSet("MustUnion");
// @ts-expect-error: one of the list must have arguments
machine.canSet(["None", "Must"]);
machine.remove("Must");
machine.canRemove(["Must", "Plain"]);
machine.explain("remove", "Must");
machine.explain("add", "Must", { name: "x" });
// @ts-expect-error: it must have arguments
machine.explain("add", "Must");
// A typo in a call with arguments is one, too.
// @ts-expect-error: an unknown state
machine.add("Mut", { name: "x" });

machine.whenArgs("Union", { kind: "a" });
machine.whenArgs("Must", {});
machine.whenArgs("Optional", { note: "x" });
// @ts-expect-error: a kind that is none
machine.whenArgs("Union", { kind: "c" });
// @ts-expect-error: a wrong type
machine.whenArgs("Must", { name: 1 });

machine.bindHandlers({
  PlainState(e) {
    same<typeof e.args, Partial<{ id: number }>>(true);
    same<typeof e.machine, Machine<S>>(true);
    e.add("Must", { name: "x" });
    // @ts-expect-error: it must have arguments
    e.add("Must");
    // @ts-expect-error: they may be missing
    return e.args.id.toFixed();
  },
  UnionEnter(e) {
    if (e.args.kind === "a") same<typeof e.args.x, number | undefined>(true);
    return true;
  },
  MustState: (e) => e.args.name.length,
  MustUnionState: (e) => e.args.kind === "a" ? e.args.x : e.args.y,
  PlainMust: (e) => e.args.name.length > 0,
  MustPlain: (e) => (e.args.id ?? 0) > 0,
  UnionUnion: (e) => e.args.kind !== "b",
  PlainExit: (e) => e.args.anything === 1,
  PriceState: (e) => e.args.id ?? 0,
  MustPriceState: async (e) => await Promise.resolve(e.args.id > 0 ? "up" : "down"),
  AnswerState: () => true,
  ExceptionState: (e) => e.args.err.message,
});
// @ts-expect-error: another answer than declared
machine.bindHandlers({ PriceState: () => "1" });
// @ts-expect-error: another answer than declared, later
machine.bindHandlers({ MustPriceState: async () => await Promise.resolve("sideways") });
// @ts-expect-error: no answer
machine.on("AnswerState", () => {});

export async function requests(asked: Requests<S>): Promise<void> {
  const price: number = await asked.ask("Price");
  const move: "up" | "down" = await asked.ask("MustPrice", { id: 1 }, { timeout: 5 });
  const unknown = await asked.ask("None", undefined, { signal: undefined });
  same<typeof unknown, unknown>(true);
  // @ts-expect-error: it must have arguments
  asked.ask("MustPrice");
  // @ts-expect-error: a list
  asked.ask(["Price"]);
  void [price, move];
}

// Declared by hand, a state's type says the same.
const byHand = null! as Machine<{ Job: { id: number } | Obligatory; Idle: unknown }>;
byHand.add("Idle");
byHand.add("Job", { id: 1 });
// @ts-expect-error: it must have arguments
byHand.add("Job");
