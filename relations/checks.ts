/** A value as text; never throws. */
export function textOf(value: unknown): string {
  try {
    return String(value) || (value === "" ? "" : Object.prototype.toString.call(value));
  } catch {
    return "a value that cannot be made a string";
  }
}

/** The error for a value of the wrong type. */
export function wrongType(what: string, value: unknown, expected: string): TypeError {
  return new TypeError(`${what} is ${shown(value)}, expected ${expected}`);
}

/** A value in an error's message: texts in quotes. */
export function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : textOf(value);
}

/**
 * Checks that a value is an object that is no list, or undefined.
 *
 * @throws {TypeError} If it is something else.
 */
export function checkObject(what: string, value: unknown): void {
  if (value === undefined || isObject(value) && !Array.isArray(value)) return;
  throw wrongType(what, value, "an object");
}

/**
 * Checks a function.
 *
 * @throws {TypeError} If it is none.
 */
export function checkFunction(what: string, fn: unknown): void {
  if (typeof fn !== "function") throw wrongType(what, fn, "a function");
}

/**
 * Checks a list of names.
 *
 * @throws {TypeError} If it is none.
 */
export function checkNames(what: string, names: unknown): asserts names is readonly string[] {
  if (Array.isArray(names)) {
    const wrong = Array.from(names).find((name) => typeof name !== "string");
    if (wrong === undefined && !Array.from(names).includes(undefined)) return;
  }
  throw wrongType(what, names, "a list of names");
}

/** Whether a value is an object of any kind. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
