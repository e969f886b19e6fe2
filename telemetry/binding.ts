import type { AnyMachine, Tracer } from "../machine/mod.ts";

/** A machine and its children under observation, until it is undone. */
export interface TracerBinding extends Disposable {
  /** The machines that are observed: the bound one and its children, without the disposed ones. */
  readonly machines: ReadonlySet<AnyMachine>;
  /** Ends the observation of all of them; a second call does nothing. */
  unbind(): void;
}

/** What a binding is told, besides the tracer's own hooks. */
export interface BoundTracer extends Tracer {
  /** A machine is no longer observed, although it lives on. */
  machineRemoved?(machine: AnyMachine): void;
}

/**
 * Adds a tracer to a machine so that its children inherit it, and so that it can be taken away from
 * all of them at once.
 */
export function bindTracer(machine: AnyMachine, tracer: BoundTracer): TracerBinding {
  const machines = new Set<AnyMachine>();
  const inherited: Tracer = {
    ...tracer,
    inheritable: true,
    machineInit(one) {
      machines.add(one);
      tracer.machineInit?.(one);
    },
    machineDispose(one) {
      machines.delete(one);
      tracer.machineDispose?.(one);
    },
  };
  const unbind = () => {
    for (const one of machines) {
      one.removeTracer(inherited);
      tracer.machineRemoved?.(one);
    }
    machines.clear();
  };
  machine.addTracer(inherited);
  return { machines, unbind, [Symbol.dispose]: unbind };
}
