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

/** Above so many transitions a mutation of so few states goes round. */
const ENDLESS = 300;
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
      drainLimit: ENDLESS,
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

  /** Its timers end. */
  [Symbol.dispose](): void {
    this.machine.dispose();
  }
}

function callsOf(names: readonly string[]): Call[] {
  const lists: string[][] = [[]];
  for (const list of lists) {
    for (const name of names) if (!list.includes(name)) lists.push([...list, name]);
  }
  const calls = (["add", "remove", "set"] as const).flatMap((type) =>
    lists.map((states): Call => [type, states])
  );
  // What every machine has can always be called: it lets the auto states follow.
  return names.includes("Exception") ? calls : [...calls, ["add", ["Exception"]]];
}

/** All findings as `kind states`; contradictions are `never-active`, as they are a reason for it. */
export function findingsOf(schema: Schema): string[] {
  const own = Object.keys(schema);
  const calls = callsOf(own);
  using probe = new Probe(schema);
  const activated = new Set<string>(), stays = new Set<string>(), leaves = new Set<string>();
  const found = new Set<string>(), useful = new Set<string>();
  const sets: string[][] = [[]];
  const known = new Set([""]);
  for (const from of sets) {
    for (const call of calls) {
      const steps = probe.run(from, call);
      const after = probe.active().filter((name) => own.includes(name));
      for (const name of usefulTimeouts(schema, from, call, steps)) useful.add(name);
      for (const { enters } of steps) for (const name of enters) activated.add(name);
      for (const key of weakAdds(schema, from, call, steps)) found.add(`weak-add ${key}`);
      for (const key of fights(schema, probe, steps)) found.add(`auto-fight ${key}`);
      if (steps.length >= ENDLESS) {
        // Where the limit cuts it off depends on the limit: it leads nowhere.
        const round = new Set(steps.slice(-ENDLESS / 2).flatMap(({ enters }) => enters));
        found.add(`endless ${own.filter((name) => round.has(name)).join(" ")}`);
        continue;
      }
      for (const name of after) stays.add(name);
      for (const name of from) if (!after.includes(name)) leaves.add(name);
      const key = after.join();
      if (!known.has(key)) known.add(key), sets.push(after);
    }
  }
  for (const name of own) {
    if (!activated.has(name)) found.add(`never-active ${name}`);
    else if (schema[name].event) continue; // That it leaves is what it is for.
    else if (!stays.has(name)) found.add(`never-stays ${name}`);
    else if (!leaves.has(name)) found.add(`never-leaves ${name}`);
  }
  for (const name of own) {
    for (const adds of Object.keys(schema[name].timeouts ?? {})) {
      if (stays.has(name) && !useful.has(`${name} ${adds}`)) {
        found.add(`useless-timeout ${name} ${adds}`);
      }
    }
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

/** Null when the schema contradicts itself. */
function probeOf(schema: Schema): Probe | null {
  try {
    return new Probe(schema);
  } catch (error) {
    if (error instanceof SchemaError) return null;
    throw error;
  }
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
  using other = probeOf(changed);
  if (other === null) return false;
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
  return (schema[state]?.add ?? []).filter((implied) =>
    implied !== state && !after.includes(implied)
  )
    .flatMap((implied) =>
      from.filter((by) =>
        after.includes(by) && by !== implied && schema[by]?.remove?.includes(implied) &&
        !schema[by].add?.includes(implied)
      ).map((by) => `${state} ${implied} ${by}`)
    );
}

/** The timeouts that would have done something: when they add, what they add was added alone. */
function usefulTimeouts(
  schema: Schema,
  from: readonly string[],
  [type, states]: Call,
  [step]: readonly Step[],
): string[] {
  const [added] = states;
  if (type !== "add" || states.length !== 1 || !step?.accepted) return [];
  if (step.enters.length + step.exits.length === 0) return [];
  return from.filter((name) => schema[name].timeouts && added in schema[name].timeouts)
    .map((name) => `${name} ${added}`);
}

/** Auto states that remove each other, were called together, and could have come alone. */
function fights(schema: Schema, probe: Probe, steps: readonly Step[]): string[] {
  const removes = (a: string, b: string) =>
    schema[a].remove?.includes(b) && !schema[a].add?.includes(b);
  const seen = new Set<string>();
  return steps.filter(({ auto, accepted }) => auto && accepted).flatMap((auto) => {
    const key = auto.before.join();
    if (seen.has(key)) return [];
    seen.add(key);
    const after = [...auto.before.filter((name) => !auto.exits.includes(name)), ...auto.enters];
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
  });
}
