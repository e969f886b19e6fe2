/** What `gen check` must say, found out by the machine itself: every mutation from every set. */
import { Machine, type MachineTime, type Schema, SchemaError } from "../../mod.ts";

type Type = "add" | "remove" | "set";
type Call = readonly [type: Type, states: readonly string[]];

interface Step {
  readonly auto: boolean;
  readonly accepted: boolean;
  readonly called: readonly string[];
  readonly enters: readonly string[];
  readonly exits: readonly string[];
  readonly before: readonly string[];
}

const RELATIONS = ["add", "remove", "require", "after"] as const;

/** A machine that can be put into any set of active states, and tells what it does then. */
class Probe {
  readonly machine: Machine;
  readonly names: readonly string[];
  readonly #exported: MachineTime;
  steps: Step[] = [];

  constructor(schema: Schema) {
    this.machine = new Machine(schema, {
      printErrors: false,
      tracers: [{
        transitionEnd: (tx) => {
          this.steps.push({
            auto: tx.auto,
            accepted: tx.accepted,
            called: tx.calledStates,
            enters: tx.accepted ? tx.enters : [],
            exits: tx.accepted ? tx.exits : [],
            before: tx.statesBefore,
          });
        },
      }],
    });
    this.names = this.machine.stateNames;
    this.#exported = this.machine.exportTime();
  }

  put(active: readonly string[]): void {
    const time = this.machine.time();
    const ticks = this.names.map((name, i) =>
      (time[i] % 2 === 1) === active.includes(name) ? time[i] : time[i] + 1
    );
    this.machine.importTime({ ...this.#exported, ticks });
  }

  run(active: readonly string[], [type, states]: Call): Step[] {
    this.put(active);
    this.steps = [];
    this.machine[type](states);
    return this.steps;
  }

  active(): string[] {
    return this.machine.activeStates();
  }
}

function callsOf(names: readonly string[]): Call[] {
  const lists: string[][] = [[]];
  for (const list of lists) {
    for (const name of names) if (!list.includes(name)) lists.push([...list, name]);
  }
  return (["add", "remove", "set"] as const).flatMap((type) =>
    lists.map((states): Call => [type, states])
  );
}

/** All findings as `kind states`; contradictions are `never-active`, as they are a reason for it. */
export function findingsOf(schema: Schema): string[] {
  const own = Object.keys(schema);
  const calls = callsOf(own);
  const probe = new Probe(schema);
  const activated = new Set<string>(), stays = new Set<string>(), leaves = new Set<string>();
  const found = new Set<string>();
  const sets: string[][] = [[]];
  const known = new Set([""]);
  for (const from of sets) {
    for (const call of calls) {
      const steps = probe.run(from, call);
      const after = probe.active();
      for (const { enters } of steps) for (const name of enters) activated.add(name);
      for (const name of after) stays.add(name);
      for (const name of from) if (!after.includes(name)) leaves.add(name);
      for (const key of weakAdds(schema, from, call, steps)) found.add(`weak-add ${key}`);
      for (const key of fights(schema, probe, steps, after)) found.add(`auto-fight ${key}`);
      const key = after.join();
      if (!known.has(key)) known.add(key), sets.push(after);
    }
  }
  for (const name of own) {
    if (!activated.has(name)) found.add(`never-active ${name}`);
    else if (!stays.has(name)) found.add(`never-stays ${name}`);
    else if (!leaves.has(name)) found.add(`never-leaves ${name}`);
  }
  for (const from of own) {
    for (const relation of RELATIONS) {
      for (const to of new Set(schema[from][relation])) {
        if (to === from || !activated.has(from) || !activated.has(to)) continue;
        if (isUseless(schema, probe, sets, calls, from, relation, to)) {
          found.add(`useless-relation ${from} ${to} ${relation}`);
        }
      }
    }
  }
  return [...found].sort();
}

function isUseless(
  schema: Schema,
  probe: Probe,
  sets: readonly string[][],
  calls: readonly Call[],
  from: string,
  relation: typeof RELATIONS[number],
  to: string,
): boolean {
  const list = schema[from][relation]!.filter((other) => other !== to);
  const changed = { ...schema, [from]: { ...schema[from], [relation]: list } };
  let other: Probe;
  try {
    other = new Probe(changed);
  } catch (error) {
    if (error instanceof SchemaError) return false;
    throw error;
  }
  // The order among states that have nothing to do with each other is nobody's concern.
  const groups = related(schema);
  const apart = (states: readonly string[]) =>
    groups.map((group) => states.filter((name) => group.has(name)));
  const seen = (probe: Probe, set: string[], call: Call) =>
    JSON.stringify(
      probe.run(set, call).filter(({ auto, accepted }) => accepted || !auto)
        .map(({ auto, accepted, enters, exits }) => [auto, accepted, apart(enters), apart(exits)]),
    );
  return calls.every((call) =>
    sets.every((set) => seen(probe, set, call) === seen(other, set, call))
  );
}

/** The groups of states that relations connect. */
function related(schema: Schema): Set<string>[] {
  const groups = Object.keys(schema).map((name) => new Set([name]));
  for (const [name, state] of Object.entries(schema)) {
    for (const other of RELATIONS.flatMap((relation) => state[relation] ?? [])) {
      const [one, two] = [name, other].map((name) => groups.find((group) => group.has(name))!);
      if (one === two) continue;
      for (const member of two) one.add(member);
      groups.splice(groups.indexOf(two), 1);
    }
  }
  return groups;
}

/** A single add, executed, whose implied state is kept away by an active one. */
function weakAdds(
  schema: Schema,
  from: readonly string[],
  [type, states]: Call,
  [step]: readonly Step[],
): string[] {
  const [state] = states;
  if (type !== "add" || states.length !== 1 || !step?.accepted || from.includes(state)) return [];
  const after = [...from.filter((name) => !step.exits.includes(name)), ...step.enters];
  return (schema[state].add ?? []).filter((implied) =>
    implied !== state && !after.includes(implied)
  )
    .flatMap((implied) =>
      from.filter((by) =>
        after.includes(by) && by !== implied && schema[by]?.remove?.includes(implied) &&
        !schema[by].add?.includes(implied)
      ).map((by) => `${state} ${implied} ${by}`)
    );
}

/** Auto states that remove each other, were called together, and could have come alone. */
function fights(
  schema: Schema,
  probe: Probe,
  steps: readonly Step[],
  after: readonly string[],
): string[] {
  const auto = steps.find((step) => step.auto && step.accepted);
  if (!auto) return [];
  const removes = (a: string, b: string) =>
    schema[a].remove?.includes(b) && !schema[a].add?.includes(b);
  const pairs = auto.called.flatMap((winner, i) =>
    auto.called.slice(i + 1).filter((loser) =>
      after.includes(winner) && !after.includes(loser) && removes(winner, loser) &&
      removes(loser, winner)
    ).map((loser) => [winner, loser])
  );
  return pairs.filter(([, loser]) => {
    probe.put(auto.before);
    return probe.machine.canAdd([loser]);
  }).map((pair) => pair.join(" "));
}
