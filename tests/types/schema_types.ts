/** Compile-time tests: properties of states, merged schemas, groups, machines seen by their names. */
import {
  args,
  defineSchema,
  exclusive,
  Machine,
  type MachineWith,
  mergeSchemas,
  type Readable,
  type Requests,
  type StateNames,
  type Watched,
} from "../../mod.ts";

defineSchema({
  Foo: { timeouts: { Bar: 100, Exception: 5 }, multi: "latest" },
  Bar: { event: true, multi: undefined, add: undefined, timeouts: undefined, args: undefined },
});
// @ts-expect-error: an unknown state in timeouts
defineSchema({ Foo: { timeouts: { Bra: 100 } }, Bar: {} });
// @ts-expect-error: a time that is no number
defineSchema({ Foo: { timeouts: { Bar: "100" } }, Bar: {} });
// @ts-expect-error: an unknown kind of multi
defineSchema({ Foo: { multi: "last" } });

const one = defineSchema({ S1: { args: args<{ a: number }>() } });
const six = mergeSchemas(
  one,
  { S2: { require: ["S1"] } },
  { S3: { require: ["S1", "S2"] } },
  { S4: { require: ["S3"] } },
  { S5: { timeouts: { S4: 1 } } },
  { S6: { add: ["S5", "S1"] } },
  { S7: {} },
  { S8: { remove: ["S7", "Exception"], args: args.required<{ b: string }>() } },
);
const merged = new Machine(six);
merged.add("S1", { a: 1 });
merged.add("S8", { b: "" });
// @ts-expect-error: it must have arguments
merged.add("S8");
merged.is(["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"]);
// @ts-expect-error: an unknown state
merged.is("S9");
// @ts-expect-error: an unknown state in the fifth
mergeSchemas({ A: {} }, { B: {} }, { C: {} }, { D: {} }, { E: { add: ["F"] } });

const grouped = new Machine({
  ...exclusive({ Idle: {}, Busy: { args: args.required<{ by: string }>() } }),
  Online: { require: ["Idle"] },
});
grouped.add("Busy", { by: "me" });
// @ts-expect-error: it must have arguments
grouped.add("Busy");
// @ts-expect-error: an unknown state in a group
exclusive({ Idle: { require: ["Bsy"] }, Busy: {} });
exclusive({ Idle: { require: ["On"] }, Busy: {}, On: {} }, ["Idle", "Busy"]);
// @ts-expect-error: an unknown state as one of a group
exclusive({ Idle: {}, Busy: {}, On: {} }, ["Idle", "Bsy"]);

/** A machine with what is declared for it. */
type Whole<S> = Machine<S> & Requests<S> & Watched<StateNames<S>>;
const whole = null! as Whole<{ Ready: { id: number }; Start: unknown; More: unknown }>;
const ready: MachineWith<"Ready" | "Start"> = whole;
const read: Readable<"Ready"> = ready;
ready.add("Start");
// @ts-expect-error: an unknown state
ready.add("More");
// @ts-expect-error: a machine that has no such state
const lacking: MachineWith<"Other"> = whole;
export async function waits(): Promise<void> {
  const first: "Ready" | "Exception" = await read.whenAny(["Ready", "Exception"]);
  const stop = read.subscribe((change) => void change.changed, { states: ["Ready"] });
  stop();
  // @ts-expect-error: a state that the view has not
  read.subscribe(() => {}, { states: ["Start"] });
  void first;
}
void lacking;
