/** Carries the type of a state's arguments; made by {@linkcode args}, empty at run time. */
export interface ArgsType<Args> {
  /** Exists in the type only. */
  readonly typeOfArgs?: Args;
  /** Whether calls must pass arguments; made by `args.required`. */
  readonly required?: boolean;
}

/** Carries the type of a state's answers; made by {@linkcode returns}, empty at run time. */
export interface ReturnsType<Answer> {
  /** Exists in the type only. */
  readonly typeOfReturns?: Answer;
}

/** What a schema's type says about a state beside its arguments. Exists in types only. */
export interface Marker {
  /** What is said. */
  readonly "said of the state": unknown;
}

/** Says in a schema's type that calls of the state must pass arguments. */
export interface Obligatory extends Marker {
  /** What is said. */
  readonly "said of the state": { readonly required: true };
}

/** Says in a schema's type what the state's `FooState` answers. */
export interface Returns<Answer> extends Marker {
  /** What is said. */
  readonly "said of the state": { readonly returns: Answer };
}

/** Makes {@linkcode ArgsType}s. */
export interface ArgsMaker {
  /** Declares arguments that a call may leave out: handlers see them as `Partial`. */
  <Args extends object>(): ArgsType<Args>;
  /** Declares arguments that `add`, `set`, `toggle`, `ask` and `can…` must pass. */
  required<Args extends object>(): ArgsType<Args | Obligatory>;
}

/**
 * Declares the type of a state's arguments.
 *
 * @example Usage
 * ```ts
 * import { args, Machine } from "@asyncmachine/asyncmachine";
 *
 * const machine = new Machine({
 *   Connected: { args: args<{ id: number }>() },
 *   Renamed: { args: args.required<{ name: string }>() },
 * });
 * machine.add("Connected", { id: 1 });
 * machine.add("Connected");
 * machine.add("Renamed", { name: "x" }); // without arguments: a compile error
 * ```
 */
export const args: ArgsMaker = Object.assign(() => ({}), { required: () => ({ required: true }) });

/**
 * Declares the type of what a state's `FooState` returns, to those who `ask` for it.
 *
 * @example Usage
 * ```ts
 * import { args, defineSchema, returns } from "@asyncmachine/asyncmachine";
 *
 * defineSchema({ Price: { multi: true, args: args<{ id: number }>(), returns: returns<number>() } });
 * ```
 */
export function returns<Answer>(): ReturnsType<Returns<Answer>> {
  return {};
}

/** What `Exception` is called with. */
export interface ExceptionArgs {
  /** The error. */
  readonly err: Error;
  /** Where a handler threw, if it was one. */
  readonly panic?: Panic | undefined;
}

/** Where and during what a handler threw. */
export interface Panic {
  /** The states that the mutation called. */
  readonly calledStates: readonly string[];
  /** The states that were active before. */
  readonly statesBefore: readonly string[];
  /** The transition's number within its machine. */
  readonly transition: number;
  /** The handler's name. */
  readonly handler: string;
  /** The error's stack. */
  readonly stack: string;
}
