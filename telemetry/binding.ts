import type { AnyMachine, Mutation, Tracer, Transition } from "../machine/mod.ts";

/** What watchers need, besides being told. */
export interface WatchOptions {
  /** They call the handlers. @default {false} */
  readonly wraps?: boolean;
  /** They look at the steps of transitions. @default {false} */
  readonly steps?: boolean;
}

/** A machine and its children under observation, until it is undone. */
export interface TracerBinding extends Disposable {
  /** The machines that are observed: the bound one and its children, without the disposed ones. */
  readonly machines: ReadonlySet<AnyMachine>;
  /** Ends the observation of all of them; a second call does nothing. */
  unbind(): void;
}

/**
 * Is told what one machine does. It hears neither of dry runs nor of the transition that was already
 * running when it came.
 */
export interface Watcher {
  /** A mutation has to wait. */
  queued?(mutation: Mutation): void;
  /** A mutation that waited will not run. */
  dropped?(mutation: Mutation): void;
  /** A transition was made. */
  begun?(tx: Transition): void;
  /** The relations accepted it. */
  accepted?(tx: Transition): void;
  /** A handler is about to run. */
  handler?(tx: Transition, name: string): void;
  /** Calls a handler. Only watchers of a {@linkcode watchMachines} that wraps are asked. */
  call?(tx: Transition, name: string, call: () => unknown): unknown;
  /** A handler has returned, or thrown. */
  handled?(tx: Transition, name: string, error: unknown): void;
  /** A handler's promise was rejected, maybe long after its transition. */
  rejected?(tx: Transition, name: string, error: unknown, expired: boolean): void;
  /** The transition is over. */
  ended?(tx: Transition): void;
  /** The schema was replaced. */
  schemaChanged?(): void;
  /** The ticks have moved without a transition that was told of: mostly they were imported. */
  timeMoved?(): void;
  /** Nothing more will be told: the machine has ended, or is no longer observed. */
  left?(disposed: boolean): void;
}

/** One machine, as a binding follows it. */
class Watched {
  readonly watcher: Watcher;
  /** The transition that is told of; none while one runs that began before. */
  running: Transition | null = null;
  /** The ticks as they were when the observation began. */
  readonly time: readonly number[];

  constructor(watcher: Watcher, time: readonly number[]) {
    this.watcher = watcher;
    this.time = time;
  }
}

/**
 * Observes a machine and its children, those that exist and those made later, until it is undone.
 *
 * @param join Makes the watcher of one machine, parents before their children.
 */
export function watchMachines(
  machine: AnyMachine,
  join: (machine: AnyMachine) => Watcher,
  options: WatchOptions = {},
): TracerBinding {
  const machines = new Set<AnyMachine>();
  const all = new Map<AnyMachine, Watched>();
  const enter = (one: AnyMachine) => {
    if (machines.has(one)) return;
    machines.add(one);
    all.set(one, new Watched(join(one), one.time()));
  };
  const running = (tx: Transition) => {
    const watched = all.get(tx.machine);
    return watched?.running === tx ? watched.watcher : undefined;
  };
  const tracer: Tracer = {
    inheritable: true,
    steps: options.steps ?? false,
    machineInit: enter,
    machineDispose(one) {
      const watched = all.get(one);
      machines.delete(one);
      all.delete(one);
      watched?.watcher.left?.(true);
    },
    schemaChange: (one) => all.get(one)?.watcher.schemaChanged?.(),
    timeImport(one, before) {
      if (!same(before, one.time())) all.get(one)?.watcher.timeMoved?.();
    },
    mutationQueued: (one, mutation) => all.get(one)?.watcher.queued?.(mutation),
    mutationDropped: (one, mutation) => all.get(one)?.watcher.dropped?.(mutation),
    transitionInit(tx) {
      if (tx.check) return;
      const watched = all.get(tx.machine);
      if (watched === undefined) return;
      watched.running = tx;
      watched.watcher.begun?.(tx);
    },
    transitionStart: (tx) => running(tx)?.accepted?.(tx),
    handlerStart: (tx, name) => running(tx)?.handler?.(tx, name),
    ...options.wraps && {
      wrapHandler(tx, name, call) {
        const watcher = running(tx);
        return watcher?.call ? watcher.call(tx, name, call) : call();
      },
    },
    handlerEnd: (tx, name, error) => running(tx)?.handled?.(tx, name, error),
    handlerRejected: (tx, name, error, expired) =>
      all.get(tx.machine)?.watcher.rejected?.(tx, name, error, expired),
    transitionEnd(tx) {
      const watched = all.get(tx.machine);
      if (watched === undefined || tx.check) return;
      if (watched.running === tx) {
        watched.running = null;
        watched.watcher.ended?.(tx);
      } else if (!same(watched.time, tx.timeAfter)) {
        // One that was running already when the observation began.
        watched.watcher.timeMoved?.();
      }
    },
  };
  const unbind = () => {
    const left = [...all.values()];
    for (const one of machines) one.removeTracer(tracer);
    machines.clear();
    all.clear();
    for (const { watcher } of left) watcher.left?.(false);
  };
  const tree = [machine];
  try {
    for (const one of tree) {
      if (one.disposed) continue;
      // Not left to the tracer's hook: what fails here concerns the caller.
      enter(one);
      one.addTracer(tracer);
      for (const child of childrenOf(one)) tree.push(child);
    }
  } catch (error) {
    unbind();
    throw error;
  }
  return { machines, unbind, [Symbol.dispose]: unbind };
}

function same(one: readonly number[], two: readonly number[]): boolean {
  if (one.length !== two.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== two[i]) return false;
  return true;
}

function childrenOf(machine: AnyMachine): readonly AnyMachine[] {
  return (machine as Partial<{ readonly children: readonly AnyMachine[] }>).children ?? [];
}
