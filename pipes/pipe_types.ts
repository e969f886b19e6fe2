/** What pipes are made of, typed on both ends. */
import type {
  AnyMachine,
  ArgsOf,
  Machine,
  Mutation,
  NeedsArgs,
  Reading,
  StateNames,
  SubscribeOptions,
  Unsubscribe,
} from "../mod.ts";

/** A change of a source's state, as the `args` of an entry see it. */
export interface PipeChange {
  /** The source. */
  readonly machine: AnyMachine;
  /** The source's state. */
  readonly state: string;
  /** The state's tick after the change. */
  readonly tick: number;
  /** The mutation of the source that changed it; `null` on binding and for an import. */
  readonly mutation: Mutation | null;
}

/** A machine, or a mirror of one, whose states are followed. */
export type PipeSource<S> =
  | Machine<S>
  | Reading<S> & {
    /** Calls `fn` after each change, until it is taken back. */
    subscribe(
      fn: (change: {
        readonly cause: "transition" | "import" | "schema" | "dispose";
        readonly changed: readonly string[];
        readonly mutation: Mutation | null;
      }) => void,
      options?: SubscribeOptions<StateNames<S>>,
    ): Unsubscribe;
  };

/** A machine, or a mirror of one, whose states follow. */
export type PipeTarget<S> =
  | Machine<S>
  | Reading<S> & {
    /** Deactivates states. */
    remove(states: readonly StateNames<S>[]): unknown;
  };

/** The states that may be added without arguments. */
export type Free<S> = Exclude<StateNames<S>, NeedsArgs<S>>;

/** A target state with what else is said of it. */
export interface ToOne<S, N> {
  /** The state or states of the target. */
  readonly to: (N & StateNames<S>) | readonly (N & StateNames<S>)[];
  /** Makes the arguments of the target's mutation. */
  readonly args?: ((change: PipeChange) => NoInfer<ArgsOf<S, N>>) | undefined;
  /** Leaves the target's state active when the source's ends. @default {false} */
  readonly keep?: boolean | undefined;
}

/** A {@linkcode ToOne} whose arguments are obligatory where those of its states are. */
export type PipeTo<S, N> =
  & ToOne<S, N>
  & ([NeedsArgs<S, N>] extends [never] ? unknown : { readonly args: unknown });

/** What follows a state of the source; `N` is the target's in the long form. */
export type PipeEntry<S, N> = Free<S> | readonly Free<S>[] | PipeTo<S, N>;

/** How long a pipe lasts. */
export interface PipeOptions {
  /** Ends the pipe when it aborts; the target stays as it is. */
  readonly signal?: AbortSignal | undefined;
}

/** The states of `S` that can be called with an error and the id of a machine. */
export type ErrorState<S, N> = N extends StateNames<S>
  ? { readonly err: Error; readonly machine: string } extends ArgsOf<S, N> ? N : never
  : never;
