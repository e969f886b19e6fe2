/** A value that JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** What else than JSON is let through. */
export interface JsonLeave {
  /** Objects that say themselves what JSON makes of them, as dates do. */
  readonly toJson?: boolean;
}

/**
 * Checks that a value comes back from JSON as it was. A property that is `undefined` counts as missing.
 *
 * @throws {TypeError} If it does not; the message says where.
 */
export function checkJson(value: unknown, where: string, leave: JsonLeave = {}): void {
  check(value, where, leave, []);
}

function check(value: unknown, where: string, leave: JsonLeave, above: unknown[]): void {
  switch (typeof value) {
    case "string":
    case "boolean":
      return;
    case "number":
      if (Number.isFinite(value)) return;
      throw wrong(where, String(value));
    case "object":
      if (value !== null) checkParts(value, where, leave, above);
      return;
    default:
      throw wrong(where, typeof value === "undefined" ? "undefined" : `a ${typeof value}`);
  }
}

function checkParts(value: object, where: string, leave: JsonLeave, above: unknown[]): void {
  if (above.includes(value)) throw wrong(where, "an object that holds itself");
  if (leave.toJson && typeof (value as { toJSON?: unknown }).toJSON === "function") return;
  above.push(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) check(value[i], `${where}[${i}]`, leave, above);
  } else {
    const proto = Object.getPrototypeOf(value);
    if (proto !== Object.prototype && proto !== null) {
      throw wrong(where, `an object of class ${proto.constructor?.name ?? "unknown"}`);
    }
    for (const name of Object.keys(value)) {
      const part = (value as Record<string, unknown>)[name];
      if (part !== undefined) check(part, `${where}.${name}`, leave, above);
    }
  }
  above.pop();
}

function wrong(where: string, what: string): TypeError {
  return new TypeError(`Cannot store ${where}: it is ${what}, expected what JSON can hold`);
}
