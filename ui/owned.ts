/** Whose a machine is that a component has made, and when it ends: for React and its like. */

/** What was made in a drawing that came to nothing (it was suspended, or on a server) ends some time later. */
const abandoned = new FinalizationRegistry<Disposable>((machine) => machine[Symbol.dispose]());

/** A machine that lives as long as some component that made it is mounted. */
class Owned<M extends Disposable> {
  /** The machine. */
  readonly machine: M;
  /** Whether it has been disposed here. */
  ended = false;
  #mounts = 0;

  constructor(machine: M) {
    this.machine = machine;
    abandoned.register(this, machine);
  }

  /** Begins a mount, and returns what ends it. */
  mount(): () => void {
    this.#mounts++;
    return () => {
      this.#mounts--;
      // StrictMode and hot reload mount again in the same turn.
      setTimeout(() => {
        if (this.#mounts > 0 || this.ended) return;
        this.ended = true;
        this.machine[Symbol.dispose]();
      });
    };
  }
}

/** The hooks that {@linkcode machineHook} needs. */
export interface OwningHooks {
  /** Runs `effect` after mounting. */
  useEffect(effect: () => void | (() => void), deps: readonly unknown[]): void;
  /** A number whose steps draw again. */
  useReducer(step: (n: number) => number, first: number): [number, () => void];
  /** A place that lasts. */
  useRef<T>(first: T): { current: T };
}

/** Makes `useMachine` of a framework's hooks. */
export function machineHook(
  { useEffect, useReducer, useRef }: OwningHooks,
): <M extends Disposable>(make: () => M) => M {
  return function useMachine<M extends Disposable>(make: () => M): M {
    const place = useRef<Owned<M> | null>(null);
    const [, draw] = useReducer((n) => n + 1, 0);
    const owned = place.current ??= new Owned(make());
    useEffect(() => {
      if (!owned.ended) return owned.mount();
      // It was hidden, not unmounted, and is shown again.
      place.current = null;
      draw();
    }, [owned]);
    return owned.machine;
  };
}
