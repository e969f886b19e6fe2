import {
  type AnyMachine,
  type Binding,
  isActiveTick,
  type Mutation,
  type MutationSource,
  type MutationType,
  type Schema,
  type StateNames,
  StateUnknownError,
  type Transition,
  type Unsubscribe,
} from "../mod.ts";
import { submit, type Submittable } from "../machine/mod.ts";
import { connect, disconnect, type Link, unheld } from "./links.ts";
import type { PipeChange, PipeEntry, PipeOptions, PipeSource, PipeTarget } from "./pipe_types.ts";

/**
 * Lets states of a target follow states of a source. A source state that becomes active, or is called
 * again if the target's is multi or event, adds the target's; one that ends removes it, unless `keep`
 * is set or another pipe holds it. On binding, active sources add, and inactive ones remove what
 * nobody holds, in the order of keys. A source that is disposed ends all that it held; unbinding
 * leaves the target as it is.
 *
 * @example Usage
 * ```ts
 * import { args, Machine } from "@asyncmachine/asyncmachine";
 * import { pipe } from "@asyncmachine/asyncmachine/pipes";
 * import { assertEquals } from "@std/assert";
 *
 * const worker = new Machine({ Busy: {}, Done: {} }, { id: "worker" });
 * const pool = new Machine({
 *   Working: {},
 *   Finished: { multi: true, args: args.required<{ worker: string }>() },
 * });
 * pipe(worker, {
 *   Busy: "Working",
 *   Done: { to: "Finished", args: ({ machine }) => ({ worker: machine.id }), keep: true },
 * }, pool);
 * worker.add(["Busy", "Done"]);
 * assertEquals(pool.activeStates(), ["Working", "Finished"]);
 * worker.set([]);
 * assertEquals(pool.activeStates(), ["Finished"]);
 * ```
 *
 * @throws {PipeLoopError} If states would follow each other in a circle.
 * @throws {StateUnknownError} If an end has no such state.
 * @throws {TypeError} If a state whose calls must pass arguments has no `args`.
 */
export function pipe<A, B, const M>(
  source: PipeSource<A>,
  map: {
    readonly [K in keyof M]: K extends StateNames<NoInfer<A>> ? PipeEntry<NoInfer<B>, M[K]> : never;
  },
  target: PipeTarget<B>,
  options: PipeOptions = {},
): Binding {
  return new Pipe(
    source as unknown as Source,
    entriesOf(map),
    target as unknown as Target,
    options.signal,
  ).binding;
}

/** The source as the pipe uses it: its names were checked. */
interface Source {
  readonly id: string;
  readonly disposed: boolean;
  readonly schema: Schema;
  tick(state: string): number;
  subscribe(
    fn: (change: {
      readonly cause: string;
      readonly changed: readonly string[];
      readonly mutation?: Mutation | null;
    }) => void,
    options: { readonly states: readonly string[] },
  ): Unsubscribe;
}

/** The target as the pipe uses it: a machine, or a mirror, whose mutations are promises. */
interface Target extends Partial<Submittable> {
  readonly id: string;
  readonly disposed: boolean;
  readonly schema: Schema;
  readonly context: { readonly signal: AbortSignal };
  add(states: readonly string[], args?: unknown): unknown;
  remove(states: readonly string[]): unknown;
}

/** An entry in its long form. */
interface Entry {
  readonly state: string;
  readonly to: readonly string[];
  readonly args: ((change: PipeChange) => unknown) | undefined;
  readonly keep: boolean;
}

/** An entry of a live pipe. */
interface Followed extends Link, Entry {
  readonly to: readonly string[];
  readonly state: string;
}

/** What is to be sent for an entry. */
interface Due {
  readonly link: Followed;
  readonly type: "add" | "remove";
}

class Pipe {
  readonly binding: Binding;
  readonly #source: Source;
  readonly #target: Target;
  readonly #links: readonly Followed[];
  readonly #ends: (() => void)[] = [];
  #live = true;

  constructor(
    source: Source,
    entries: readonly Entry[],
    target: Target,
    signal: AbortSignal | undefined,
  ) {
    check(source, entries, target, signal);
    this.#source = source;
    this.#target = target;
    const end = () => this.#end();
    const states = entries.map(({ state }) => state);
    this.binding = { names: states, unbind: end, [Symbol.dispose]: end };
    this.#links = entries.map((entry) => ({
      ...entry,
      source,
      target,
      held: isActiveTick(source.tick(entry.state)),
    }));
    if (signal?.aborted || source.disposed || target.disposed) {
      this.#live = false;
      return;
    }
    connect(this.#links);
    this.#ends.push(
      source.subscribe(({ cause, changed, mutation }) => {
        if (cause === "dispose") this.#sourceDisposed();
        else this.#follow(changed, mutation ?? null);
      }, { states }),
    );
    for (const over of [target.context.signal, signal]) {
      over?.addEventListener("abort", end);
      this.#ends.push(() => over?.removeEventListener("abort", end));
    }
    try {
      this.#send(this.#links.map((link) => ({ link, type: link.held ? "add" : "remove" })), null);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  #follow(changed: readonly string[], mutation: Mutation | null): void {
    const due: Due[] = [];
    // All are brought up to date before anything is sent: a state that passes from one source state
    // to another is held throughout.
    for (const link of this.#links) {
      if (!changed.includes(link.state)) continue;
      const { held } = link;
      link.held = isActiveTick(this.#source.tick(link.state));
      if (link.held) {
        // An import that ends one activation and begins another is no call.
        if (!held || mutation === null || this.#takesCalls(link)) due.push({ link, type: "add" });
      } else if (held) due.push({ link, type: "remove" });
    }
    this.#send(due, mutation);
  }

  /** Whether a call of an active source state is passed on. */
  #takesCalls({ to }: Followed): boolean {
    const { schema } = this.#target;
    return to.some((name) => schema[name].multi || schema[name].event);
  }

  #sourceDisposed(): void {
    const due = this.#links.filter(({ held }) => held);
    for (const link of due) link.held = false;
    this.#send(due.map((link) => ({ link, type: "remove" })), null);
    this.#end();
  }

  /** Sends what is due; what fails for one entry keeps nothing from the others. */
  #send(due: readonly Due[], mutation: Mutation | null): void {
    const errors: unknown[] = [];
    for (const { link, type } of due) {
      if (!this.#live) break;
      // What was sent before may have changed the source.
      if (link.held !== (type === "add")) continue;
      try {
        if (type === "add") this.#add(link, mutation);
        else if (!link.keep) this.#remove(link, mutation);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, "Several entries of a pipe failed");
  }

  #add(link: Followed, mutation: Mutation | null): void {
    const { state } = link;
    const source = this.#source;
    const change = {
      machine: source as unknown as AnyMachine,
      state,
      tick: source.tick(state),
      mutation,
    };
    this.#mutate("add", link.to, link.args?.(change), mutation);
  }

  #remove(link: Followed, mutation: Mutation | null): void {
    const states = unheld(link);
    if (states.length > 0) this.#mutate("remove", states, undefined, mutation);
  }

  #mutate(
    type: MutationType & ("add" | "remove"),
    states: readonly string[],
    args: unknown,
    mutation: Mutation | null,
  ): void {
    const target = this.#target;
    if (target[submit] !== undefined) {
      target[submit](type, states, args, { expired: false, source: this.#sourceOf(mutation) });
      return;
    }
    const result = type === "add" ? target.add(states, args) : target.remove(states);
    // A mirror says by its link that it failed.
    if (result instanceof Promise) result.catch(() => {});
  }

  #sourceOf(mutation: Mutation | null): MutationSource {
    const transition = (mutation as Partial<Transition> | null)?.id ?? 0;
    return { machineId: this.#source.id, transition, handler: "" };
  }

  #end(): void {
    if (!this.#live) return;
    this.#live = false;
    disconnect(this.#links);
    for (const end of this.#ends) end();
    this.#ends.length = 0;
  }
}

/** The entries of a map in their long form, in the order of keys. */
function entriesOf(map: object): Entry[] {
  if (typeof map !== "object" || map === null) {
    throw new TypeError(`The map of a pipe is ${String(map)}, expected { Source: "Target" }`);
  }
  return Object.entries(map).filter(([, entry]) => entry !== undefined).map(([state, entry]) => {
    const long = typeof entry === "string" || Array.isArray(entry) ? { to: entry } : entry;
    const { to, args, keep = false } = (long ?? {}) as {
      readonly to?: unknown;
      readonly args?: Entry["args"];
      readonly keep?: boolean;
    };
    const list: unknown = typeof to === "string" ? [to] : to;
    if (!Array.isArray(list) || list.length === 0) {
      throw new TypeError(
        `The entry ${state} of a pipe leads to ${String(to)}, expected a state or a list of states`,
      );
    }
    if (args !== undefined && typeof args !== "function") {
      throw new TypeError(
        `The args of the entry ${state} are ${String(args)}, expected a function`,
      );
    }
    return { state, to: [...new Set<string>(list)], args, keep };
  });
}

function check(
  source: Source,
  entries: readonly Entry[],
  target: Target,
  signal: AbortSignal | undefined,
): void {
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw new TypeError(`signal is ${String(signal)}, expected an AbortSignal`);
  }
  for (const { state, to, args } of entries) {
    checkState(source, state);
    for (const name of to) {
      checkState(target, name);
      if (args !== undefined || !target.schema[name].args?.required) continue;
      throw new TypeError(
        `Cannot pipe ${state} to ${name}: its calls must pass arguments, give the entry args`,
      );
    }
  }
}

function checkState({ schema }: { readonly schema: Schema }, name: string): void {
  if (!Object.hasOwn(schema, name)) throw new StateUnknownError(name, Object.keys(schema));
}
