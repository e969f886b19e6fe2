/** What is written where something cannot even be looked at. */
const UNREADABLE = "[unreadable]";
/** How deep nested values are shown. */
const DEPTH = 4;
/** How many members of one collection are shown. */
const MEMBERS = 50;

/**
 * Any value as a short text: JSON for plain data, something like it for the rest, sizes for binary
 * data. Looks at no more than it shows, calls no getter, and never throws, whatever the value is.
 *
 * @param limit How many characters it may have; `…` stands for what was cut off.
 */
export function valueText(value: unknown, limit: number): string {
  if (typeof value === "string") return cutText(value, limit);
  const writer = new Writer(limit);
  writer.value(value);
  return cutText(writer.text, limit);
}

/** A text, cut off where it exceeds a limit. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = text.slice(0, Math.max(0, limit - 1));
  // Half of a surrogate pair is no text.
  return `${/[\uD800-\uDBFF]$/.test(end) ? end.slice(0, -1) : end}…`;
}

/** What is shown of an error. */
export interface ErrorTexts {
  /** Its name. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Its stack, if it has one. */
  readonly stack?: string;
}

/** An error's parts as texts, whatever it is that was thrown. */
export function errorTexts(error: unknown, limit: number): ErrorTexts {
  const read = (key: keyof ErrorTexts) => {
    try {
      const text = (error as Partial<ErrorTexts> | null | undefined)?.[key];
      return typeof text === "string" ? cutText(text, limit) : undefined;
    } catch {
      return undefined;
    }
  };
  const [name, message, stack] = [read("name"), read("message"), read("stack")];
  return {
    name: name || "Error",
    message: message ?? cutText(isError(error) ? UNREADABLE : valueText(error, limit), limit),
    ...stack !== undefined && { stack },
  };
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false; // a revoked proxy
  }
}

/** Writes a text until it is long enough. */
class Writer {
  /** At most one character longer than the limit. */
  text = "";
  readonly #limit: number;
  /** What is being written: what contains itself does not go on for ever. */
  readonly #open: object[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get #full(): boolean {
    return this.text.length > this.#limit;
  }

  #put(text: string): void {
    this.text += text.slice(0, this.#limit + 1 - this.text.length);
  }

  value(value: unknown): void {
    if (typeof value === "string") this.#put(JSON.stringify(value.slice(0, this.#limit + 1)));
    else if (typeof value === "bigint") this.#put(isShort(value) ? `${value}n` : "[bigint]");
    else if (typeof value !== "object" && typeof value !== "function") this.#put(String(value));
    else if (value === null) this.#put("null");
    else if (this.#open.includes(value)) this.#put("[circular]");
    else if (this.#open.length === DEPTH) this.#put("…");
    else {
      this.#open.push(value);
      try {
        this.#object(value);
      } catch {
        this.#put(UNREADABLE); // a revoked proxy, or one whose traps throw
      }
      this.#open.pop();
    }
  }

  #object(value: object): void {
    const name = className(value);
    if (typeof value === "function") this.#put("[function]");
    else if (ArrayBuffer.isView(value)) this.#put(`${name}(${value.byteLength} bytes)`);
    else if (value instanceof ArrayBuffer) this.#put(`${name}(${value.byteLength} bytes)`);
    else if (value instanceof Blob) this.#put(`${name}(${value.size} bytes)`);
    else if (isError(value)) {
      const { name, message } = errorTexts(value, this.#limit);
      this.#put(`${name}: ${message}`);
    } else if (value instanceof Date) this.#put(date(value));
    else if (value instanceof RegExp || value instanceof URL) this.#put(String(value));
    else if (Array.isArray(value)) this.#array(value);
    else if (value instanceof Map) {
      this.#members(`${name}(${value.size}) {`, value, "}", ([key, one]) => {
        this.value(key);
        this.#put(" => ");
        this.value(one);
      });
    } else if (value instanceof Set) {
      this.#members(`${name}(${value.size}) {`, value, "}", (one) => this.value(one));
    } else {
      this.#members(name === "" ? "{" : `${name} {`, Object.keys(value), "}", (key) => {
        this.#put(`${JSON.stringify(key.slice(0, this.#limit + 1))}:`);
        this.#property(value, key);
      });
    }
  }

  #array(array: readonly unknown[]): void {
    const shown = { length: Math.min(array.length, MEMBERS + 1) };
    this.#members(
      "[",
      Array.from(shown, (_, i) => String(i)),
      "]",
      (i) => this.#property(array, i),
    );
  }

  #property(object: object, key: string): void {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property?.get) this.#put("[getter]");
    else this.value(property?.value);
  }

  #members<T>(start: string, members: Iterable<T>, end: string, write: (member: T) => void): void {
    this.#put(start);
    let count = 0;
    for (const member of members) {
      if (this.#full) return;
      if (count > 0) this.#put(",");
      if (count++ === MEMBERS) {
        this.#put("…");
        break;
      }
      write(member);
    }
    this.#put(end);
  }
}

const SHORT = 2n ** 256n;

/** Long numbers take long to write. */
function isShort(value: bigint): boolean {
  return value < SHORT && value > -SHORT;
}

function date(value: Date): string {
  return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
}

/** The name of an object's class, empty for plain ones. */
function className(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  const maker = prototype && Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  const name = maker && Object.getOwnPropertyDescriptor(maker, "name")?.value;
  return typeof name === "string" && name !== "Object" ? cutText(name, 50) : "";
}
