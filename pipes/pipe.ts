import {
  type ArgsOf,
  type Binding,
  type Machine,
  type Mutation,
  type MutationOrigin,
  type MutationSource,
  type NeedsArgs,
  type StateNames,
  submit,
  type Submittable,
} from "../machine/mod.ts";
import { connect, disconnect, Feed, isHeld } from "./network.ts";

/** What a pipe makes arguments from. */
export interface PipeChange {
  /** The source. */
  // deno-lint-ignore no-explicit-any -- any machine, whatever its states
  readonly machine: Machine<any>;
  /** The state that has changed. */
  readonly state: string;
  /** Its tick. */
  readonly tick: number;
  /** The mutation that changed it; null for imports and when the pipe is made. */
  readonly mutation: Mutation | null;
}

/** The states of `B` that can be fed without arguments. */
export type Free<B> = Exclude<StateNames<B>, NeedsArgs<B>>;

/** What a source's state feeds, with more to say. */
export interface PipeTo<B, N> {
  /** The state, or states, of the target. */
  readonly to: N & StateNames<B> | readonly (N & StateNames<B>)[];
  /** Makes the arguments of the add. @default none */
  readonly args?: ((change: PipeChange) => NoInfer<ArgsOf<B, N>>) | undefined;
  /** Leaves the target's states active when the source's ends. @default {false} */
  readonly keep?: boolean | undefined;
}

/** What a source's state feeds: a state of the target, some, or with more to say. */
export type PipeEntry<B, N> = Free<B> | readonly Free<B>[] | PipeTo<B, N>;

/** The states that a source's states feed. */
export type PipeMap<A, B> = {
  readonly [K in StateNames<A>]?: {
    [N in StateNames<B>]: PipeEntry<B, N>;
  }[StateNames<B>];
};

interface Line {
  readonly from: string;
  readonly to: readonly string[];
  readonly feeds: readonly Feed[];
  readonly args: ((change: PipeChange) => unknown) | undefined;
  readonly keep: boolean;
}

/**
 * Feeds states of one machine from those of another: a source's state that becomes active adds the
 * target's; one that ends removes it, unless another pipe holds it. At once, the source's present states
 * are carried over.
 *
 * Ends with the target, by `unbind` and by the signal, which leave the target as it is; when the source is
 * disposed of, what it held is removed. Mutations carry the source's transition as `source`.
 *
 * @example Usage
 * ```ts
 * import { Machine } from "@asyncmachine/asyncmachine";
 * import { pipe } from "@asyncmachine/asyncmachine/pipes";
 * import { assertEquals } from "@std/assert";
 *
 * const peer = new Machine({ Ready: {} });
 * const host = new Machine({ PeerReady: {} });
 * pipe(peer, { Ready: "PeerReady" }, host);
 * peer.add("Ready");
 * assertEquals(host.is("PeerReady"), true);
 * peer.remove("Ready");
 * assertEquals(host.is("PeerReady"), false);
 * ```
 *
 * @throws {PipeLoopError} If a state would feed itself.
 * @throws {StateUnknownError} If there is no such state.
 * @throws {TypeError} If a state whose calls must pass arguments is fed without `args`.
 */
export function pipe<A, B>(
  source: Machine<A>,
  map: PipeMap<NoInfer<A>, NoInfer<B>>,
  target: Machine<B>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Binding {
  // deno-lint-ignore no-explicit-any -- the types have done their work
  return new Pipe(source as any, map, target as any, options.signal);
}

// deno-lint-ignore no-explicit-any -- any machine, whatever its states
type AnyTyped = Machine<any>;

class Pipe implements Binding {
  readonly names: readonly string[];
  readonly #source: AnyTyped;
  readonly #target: AnyTyped & Submittable;
  readonly #lines: readonly Line[];
  readonly #endings: Disposable[] = [];
  #over = false;

  constructor(
    source: AnyTyped,
    map: Readonly<Record<string, unknown>>,
    target: AnyTyped,
    signal: AbortSignal | undefined,
  ) {
    this.#source = source;
    this.#target = target;
    this.#lines = Object.keys(map).filter((from) => map[from] !== undefined).map((from) =>
      this.#line(from, map[from] as string)
    );
    this.names = this.#lines.map(({ from }) => from);
    if (signal?.aborted || source.disposed || target.disposed) {
      this.#over = true;
      return;
    }
    connect(this.#feeds);
    this.#endings.push(source.subscribe((change) => this.#changed(change)));
    this.#endings.push(target.onDispose(() => this.unbind()));
    if (signal) this.#follow(signal);
    this.#start();
  }

  get #feeds(): Feed[] {
    return this.#lines.flatMap(({ feeds }) => feeds);
  }

  #follow(signal: AbortSignal): void {
    const end = () => this.unbind();
    signal.addEventListener("abort", end);
    this.#endings.push({ [Symbol.dispose]: () => signal.removeEventListener("abort", end) });
  }

  #line(from: string, entry: string | readonly string[] | PipeTo<unknown, string>): Line {
    const said = typeof entry === "string" || Array.isArray(entry)
      ? { to: entry as string | readonly string[] }
      : entry as PipeTo<unknown, string>;
    const { to, args, keep = false } = said as PipeTo<Record<string, unknown>, string>;
    const names: readonly string[] = typeof to === "string" ? [to] : to as readonly string[];
    this.#source.tick(from); // unknown names throw
    for (const name of names) {
      this.#target.tick(name);
      const needed = this.#target.schema[name].args?.required === true;
      if (needed && args === undefined) {
        throw new TypeError(
          `${from} cannot feed ${name} without args: its calls must pass arguments`,
        );
      }
    }
    const feeds = names.map((name) =>
      new Feed({ machine: this.#source, state: from }, { machine: this.#target, state: name })
    );
    return { from, to: names, feeds, args, keep };
  }

  /** Carries the present states over. */
  #start(): void {
    for (const line of this.#lines) {
      if (this.#over) return;
      if (this.#source.is(line.from)) this.#add(line, null);
      else if (!line.keep) this.#remove(line.feeds.filter((feed) => !isHeld(feed)), null);
    }
  }

  #changed(
    { cause, changed, mutation }: {
      readonly cause: string;
      readonly changed: readonly string[];
      readonly mutation: Mutation | null;
    },
  ): void {
    if (cause === "dispose") return this.#end();
    for (const line of this.#lines) {
      if (this.#over || !changed.includes(line.from)) continue;
      if (!this.#source.is(line.from)) this.#ended(line, mutation);
      else if (!line.feeds[0]?.holds) this.#add(line, mutation);
      else this.#again(line, mutation);
    }
  }

  #add(line: Line, mutation: Mutation | null): void {
    for (const feed of line.feeds) feed.holds = true;
    this.#call(line, line.to, mutation);
  }

  /** The source's state was called again: only some states of the target can be, too. */
  #again(line: Line, mutation: Mutation | null): void {
    const { schema } = this.#target;
    const again = line.to.filter((name) => schema[name].multi || schema[name].event);
    if (again.length > 0) this.#call(line, again, mutation);
  }

  #call(line: Line, names: readonly string[], mutation: Mutation | null): void {
    const { from, args } = line;
    const source = this.#source;
    const change = { machine: source, state: from, tick: source.tick(from), mutation };
    this.#target[submit]("add", names, args?.(change), this.#origin(mutation));
  }

  #ended({ feeds, keep }: Line, mutation: Mutation | null): void {
    const held = feeds.filter((feed) => feed.holds);
    for (const feed of held) feed.holds = false;
    if (!keep) this.#remove(held.filter((feed) => !isHeld(feed)), mutation);
  }

  #remove(feeds: readonly Feed[], mutation: Mutation | null): void {
    if (feeds.length === 0) return;
    const names = feeds.map(({ to }) => to.state);
    this.#target[submit]("remove", names, undefined, this.#origin(mutation));
  }

  #origin(mutation: Mutation | null): MutationOrigin {
    const source: MutationSource = {
      machineId: this.#source.id,
      transition: (mutation as { id?: number } | null)?.id ?? 0,
      handler: "",
    };
    return { expired: false, source };
  }

  /** The source is disposed of: what it held ends. */
  #end(): void {
    for (const line of this.#lines) this.#ended(line, null);
    this.unbind();
  }

  unbind(): void {
    if (this.#over) return;
    this.#over = true;
    disconnect(this.#feeds);
    for (const ending of this.#endings) ending[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.unbind();
  }
}
