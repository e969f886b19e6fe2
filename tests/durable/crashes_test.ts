import { assertEquals } from "@std/assert";
import {
  type AnyFlowKind,
  defineFlow,
  MemoryStore,
  openFlows,
  type Store,
} from "../../durable/mod.ts";

/** Numbers that look random, the same ones for a seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return ((state ^ state >>> 12) >>> 0) % below;
  };
}

/** What a process does to the world outside; a dead one does nothing. */
class World {
  readonly calls: string[] = [];
  readonly stored: Set<string> = new Set();
  readonly wrong: string[] = [];

  effect(key: string): void {
    if (this.stored.has(key)) this.wrong.push(`${key} again`);
    this.calls.push(key);
  }
}

interface Life {
  alive: boolean;
}

const forever = () => new Promise<never>(() => {});

/** A chain of states, each with effects, some with clean-ups, some with events in between. */
function chainOf(seed: number, world: World, life: Life): AnyFlowKind {
  const random = numbers(seed);
  const length = 2 + random(3);
  const names = Array.from({ length }, (_, i) => `S${i}`);
  const schema: Record<string, object> = {};
  const handlers: Record<string, unknown> = {};
  // deno-lint-ignore no-explicit-any
  type Event = any;
  const act = async (e: Event, name: string) => {
    if (!life.alive) await forever();
    const result = await e.once(name, ({ key }: { key: string }) => {
      if (!life.alive) return forever();
      world.effect(key);
      return key;
    });
    if (!life.alive) await forever();
    world.stored.add(result);
    return result;
  };
  names.forEach((name, i) => {
    schema[name] = i === 0 ? {} : { remove: [names[i - 1]] };
    if (i === length - 1) return;
    const effects = random(3);
    const fails = random(4) === 0;
    const pings = random(3) === 0;
    handlers[`${name}State`] = async (e: Event) => {
      for (let n = 0; n < effects; n++) {
        const done: string[] = e.flow.data.done;
        const key = await act(e, `e${n}`);
        if (!done.includes(key)) done.push(key);
      }
      if (pings && !(await act(e, "ping")).includes("never")) e.add("Ping", { from: name });
      if (fails && e.machine.not("Exception")) throw new Error("once");
      e.add(names[i + 1]);
    };
    if (random(2) === 0) {
      handlers[`${name}End`] = async (e: Event) => void await act(e, "clean");
    }
  });
  schema.Ping = { event: true };
  handlers.PingState = async (e: Event) => void await act(e, `from ${e.args.from}`);
  // What has failed is tried again: the state is left, and entered anew.
  schema.Exception = { multi: true, add: ["Again"] };
  schema.Again = {};
  handlers.AgainState = (e: Event) => {
    const last = e.flow.data.done.length;
    e.flow.data.again = last;
    e.add(names[length - 1]);
  };
  return defineFlow({
    schema,
    data: () => ({ done: [] as string[], again: -1 }),
    start: names[0],
    ends: [names[length - 1]],
    handlers: handlers as object,
  } as never) as AnyFlowKind;
}

/** The same store, for a process that dies at one of its commits. */
function dying(store: Store, life: Life, at: number, after: boolean, onDeath: () => void): Store {
  let commits = 0;
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return async (...args: never[]) => {
        if (!life.alive) return await forever();
        const dies = name === "commit" && commits++ === at;
        if (!dies) return await value.apply(target, args);
        if (after) await value.apply(target, args);
        life.alive = false;
        onDeath();
        return await forever();
      };
    },
  });
}

/** Runs a flow whose process dies at one commit; false when it did not come to it. */
async function run(seed: number, at: number, after: boolean): Promise<[boolean, World, unknown]> {
  const memory = new MemoryStore();
  const world = new World();
  const life = { alive: true };
  let died = () => {};
  const death = new Promise<"died">((resolve) => died = () => resolve("died"));
  const store = dying(memory, life, at, after, died);
  const first = await openFlows(store, { chain: chainOf(seed, world, life) }, {
    owner: "first",
    printErrors: false,
  });
  const attempt = first.start("chain", "1").then((flow) => flow.result()).then(
    () => "done" as const,
    () => "done" as const,
  );
  const outcome = await Promise.race([attempt, death]);
  if (outcome === "died") await memory.leave("first");
  else await first.close();
  const second = await openFlows(memory, { chain: chainOf(seed, world, { alive: true }) }, {
    printErrors: false,
  });
  const flow = await second.start("chain", "1");
  const data = await flow.result().catch((error) => String(error));
  const states = flow.machine.activeStates();
  await second.close();
  return [outcome === "died", world, { data, states }];
}

Deno.test("a flow that died at any commit ends as one that did not, and does nothing again that was stored", async () => {
  let deaths = 0;
  for (let seed = 0; seed < 40; seed++) {
    const [, whole, expected] = await run(seed, -1, false);
    assertEquals(whole.wrong, [], `seed ${seed}`);
    for (const after of [false, true]) {
      for (let at = 0;; at++) {
        const [died, world, end] = await run(seed, at, after);
        const where = `seed ${seed}, ${after ? "after" : "before"} commit ${at}`;
        assertEquals(end, expected, where);
        assertEquals(world.wrong, [], where);
        assertEquals(new Set(world.calls), new Set(whole.calls), where);
        if (!died) break;
        deaths++;
      }
    }
  }
  assertEquals(deaths > 400, true, `${deaths} deaths`);
});
