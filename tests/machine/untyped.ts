/** Machines as JavaScript callers see them: any schema, any option, any name. */
import { Machine, type MachineOptions, type Schema } from "../../mod.ts";

/** A machine whose states and options are unchecked; its errors are not printed. */
export function untyped(schema: object, options: object = {}): Machine {
  return new Machine(
    schema as Schema,
    { printErrors: false, ...options } as MachineOptions<Record<string, unknown>>,
  );
}

/** Any function of any object, for calls with arguments of any type. */
export function callable(target: object, name: PropertyKey): (...args: unknown[]) => unknown {
  const fn = (target as Record<PropertyKey, unknown>)[name];
  if (typeof fn !== "function") throw new TypeError(`There is no function ${String(name)}`);
  return (...args) => fn.apply(target, args);
}

/** Binds functions by names that only this test knows. */
export function bind(machine: object, handlers: Record<string, unknown>): { unbind(): void } {
  return callable(machine, "bindHandlers")(handlers) as { unbind(): void };
}
