/** A value that was sent as a text, as a tree. */
export interface ValueNode {
  /** `object` and `list` have entries; a `text` is a string, anything else is a `word`. */
  readonly kind: "object" | "list" | "text" | "word";
  /** The string, the word, or the class and its count: `{3}`, `[12]`, `Map(2)`. */
  readonly text: string;
  /** The members. */
  readonly entries: readonly ValueEntry[];
}

/** A member of a value. */
export interface ValueEntry {
  /** Its name, its key or its index. */
  readonly name: string;
  /** Its value. */
  readonly value: ValueNode;
}

/** Values within values that are read; deeper ones stay texts. */
const DEPTH = 20;

/**
 * Reads a text as the wire has arguments: JSON, or what is like it (`Map(2) {"a" => 1}`, `[circular]`,
 * `…` for what was cut off). What is anything else is a string. Never throws.
 */
export function valueTree(text: string): ValueNode {
  const reader = new Reader(text);
  const value = /^\s*["[{]|^[\p{L}$_][\w$]*(\(\d+\))? \{/u.test(text) ? reader.value(0) : null;
  if (value === null || !reader.done) return { kind: "text", text, entries: [] };
  return value;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether all was read, or the rest was cut off. */
  get done(): boolean {
    this.#space();
    return this.#at >= this.#text.length;
  }

  /** Whether what comes next was cut off. */
  get #cut(): boolean {
    return this.done || this.#text[this.#at] === "…";
  }

  /** `null`: this is no value. */
  value(depth: number): ValueNode | null {
    this.#space();
    const char = this.#text[this.#at];
    if (char === undefined || depth > DEPTH) return null;
    if (char === '"') return this.#string();
    if (char === "{") return this.#members("{", "}", depth, "");
    if (char === "[") {
      const word = this.#match(/\[[a-z]+(: [^\]]*)?\]/y);
      // `[circular]`, `[getter]`: also a list of a single word, which JSON has only of these.
      if (word !== null && !/^\[(true|false|null)\]$/.test(word)) return leaf(word);
      if (word !== null) this.#at -= word.length;
      return this.#members("[", "]", depth, "");
    }
    const name = this.#match(/[\p{L}$_][\w$]*(\(\d+\))? (?=\{)/yu);
    if (name !== null) return this.#members("{", "}", depth, name.trim());
    const word = this.#match(/[^,\]}"]+?(?=\s*(?:[,\]}]|=>|$))/y);
    return word === null ? null : leaf(word);
  }

  #string(): ValueNode | null {
    const literal = this.#match(/"(?:[^"\\]|\\.)*"/ys);
    if (literal === null) {
      if (!this.#text.endsWith("…")) return null;
      const rest = this.#text.slice(this.#at + 1);
      this.#at = this.#text.length;
      return {
        kind: "text",
        text: rest.replaceAll('\\"', '"').replaceAll("\\n", "\n"),
        entries: [],
      };
    }
    try {
      return { kind: "text", text: JSON.parse(literal), entries: [] };
    } catch {
      return { kind: "text", text: literal.slice(1, -1), entries: [] };
    }
  }

  #members(open: string, close: string, depth: number, name: string): ValueNode | null {
    this.#at += open.length;
    const entries: ValueEntry[] = [];
    for (;;) {
      this.#space();
      const char = this.#text[this.#at];
      if (char === undefined) {
        if (this.#text.endsWith("…")) break; // cut off
        return null;
      }
      if (char === close) {
        this.#at++;
        break;
      }
      if (char === ",") {
        this.#at++;
        continue;
      }
      if (char === "…") {
        this.#at++;
        entries.push({ name: "…", value: leaf("and more") });
        continue;
      }
      const first = this.value(depth + 1);
      if (first === null) return null;
      const colon = this.#match(/\s*(?::|=>)/y);
      if (colon === null) {
        const last = entries.at(-1);
        if (open === "[" || name.startsWith("Set") || this.#cut) {
          entries.push({ name: String(entries.length), value: first });
        } else if (first.kind === "word" && last?.value.kind === "word") {
          // An error's message may have commas.
          entries[entries.length - 1] = {
            name: last.name,
            value: leaf(`${last.value.text}, ${first.text}`),
          };
        } else return null;
        continue;
      }
      const value = this.value(depth + 1);
      if (value === null && !this.done) return null;
      entries.push({ name: first.text, value: value ?? leaf("…") });
    }
    const list = open === "[";
    const count = list ? `[${entries.length}]` : `{${entries.length}}`;
    return { kind: list ? "list" : "object", text: name === "" ? count : name, entries };
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  /** What matches right here; goes behind it. */
  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}

function leaf(text: string): ValueNode {
  return { kind: "word", text: text.trim(), entries: [] };
}
