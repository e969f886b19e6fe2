/*
 * Puts what gen makes into a states file that exists. Only what is missing is added, and only what
 * gen had made for states that are gone is taken away; every other character stays where it is.
 */
import { InputError } from "./input_error.ts";
import { quoted } from "./identifiers.ts";
import { schemasAddress } from "./paths.ts";
import {
  type ImportPlace,
  type ObjectLiteral,
  type Place,
  type Property,
  readRegion,
  type StatesRegion,
} from "./states_region.ts";
import { exportNames, handlersComment, handlersType } from "./states_source.ts";
import { formOf } from "./text_form.ts";

/** A change: a piece of the text, which may be empty, and what comes in its place. */
interface Splice extends Place {
  readonly text: string;
}

/** What a merge is made of. */
export interface MergeParts {
  /** The file as it is. */
  readonly existing: StatesRegion;
  /** The states file that a first run would make, formatted. */
  readonly fresh: string;
  /** The ready-made schemas that the file is to build upon. */
  readonly inherit: readonly string[];
  /** The states of the file, in order. */
  readonly names: readonly string[];
  /** What the library is to be imported as, if that changes. */
  readonly library?: string;
}

/** The file with what it lacks. */
export function mergeStates(parts: MergeParts): string {
  const made = readRegion(parts.fresh);
  const merge = new Merge(parts, made);
  merge.imports();
  merge.schema();
  merge.names();
  merge.groups();
  merge.declarations();
  return merge.text();
}

/** Names that a person may use in the region without importing them. */
const VALUES = ["args", "exclusive", "returns"];

class Merge {
  readonly #parts: MergeParts;
  readonly #old: StatesRegion;
  readonly #made: StatesRegion;
  readonly #lineEnd: string;
  readonly #splices: Splice[] = [];

  constructor(parts: MergeParts, made: StatesRegion) {
    this.#parts = parts;
    this.#old = parts.existing;
    this.#made = made;
    this.#lineEnd = formOf(parts.existing.text).lineEnd;
  }

  text(): string {
    // Of several insertions at one place the first one made comes first: the sort is stable.
    const splices = this.#splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
    let text = "";
    let at = 0;
    for (const { start, end, text: put } of splices) {
      // An insertion into what is taken out comes behind it: its start is passed already.
      text += this.#old.text.slice(at, Math.max(at, start));
      text += put.replaceAll(/\r?\n/g, this.#lineEnd);
      at = Math.max(at, end);
    }
    return text + this.#old.text.slice(at);
  }

  /** The imports that the region needs; what else they import, and from where, stays. */
  imports(): void {
    const { schema, imports, called, known, text } = this.#old;
    const { inherit, library } = this.#parts;
    const fromLibrary = imports.find(({ specifiers }) =>
      specifiers.some(({ name }) =>
        ["StateHandlers", "StatesOf", schema.callee.name].includes(name)
      )
    );
    const fromSchemas = imports.find((one) =>
      one !== fromLibrary && one.specifiers.some(({ name }) => inherit.includes(name))
    );
    const address = library ?? fromLibrary?.source.address ?? this.#made.imports[0].source.address;
    const make = inherit.length === 0 ? schema.callee.name : "mergeSchemas";
    const needed = [...VALUES.filter((one) => called.has(one)), make, "StateHandlers", "StatesOf"];
    if (make !== schema.callee.name) {
      this.#put(schema.callee, make);
      const specifier = fromLibrary?.specifiers.find(({ name }) => name === schema.callee.name);
      const times = text.split(new RegExp(`\\b${schema.callee.name}\\b`)).length - 1;
      // Imported for the call alone that now is another one.
      if (specifier && times === 2 && !known.has(make)) {
        this.#put(specifier, make);
        needed.splice(needed.indexOf(make), 1);
      }
    }
    this.#need(needed, fromLibrary, address);
    this.#need(inherit, fromSchemas, schemasAddress(address));
    if (library === undefined) return;
    if (fromLibrary) this.#readdress(fromLibrary, library);
    if (fromSchemas) this.#readdress(fromSchemas, schemasAddress(library));
  }

  /** The states that the schema lacks, those that say nothing yet, and the schemas it builds upon. */
  schema(): void {
    const { schema, region } = this.#old;
    const { inherit } = this.#parts;
    const missing = this.#made.schema.literal!.properties.filter(({ name }) =>
      !schema.states.has(name!) && !(schema.opaque && this.#namesLiteral()?.has(name!))
    );
    for (const [name, { value }] of this.#made.schema.states) {
      const old = schema.states.get(name)?.value;
      if (!old || !value || old.start < region.start || old.end > region.end) continue;
      const said = this.#made.text.slice(value.start, value.end);
      if (said !== "{}" && /^\{\s*\}$/.test(this.#old.text.slice(old.start, old.end))) {
        this.#put(old, said);
      }
    }
    const bases = inherit.filter((one) => !schema.bases.includes(one));
    if (missing.length === 0 && bases.length === 0) return;
    if (!schema.literal) {
      throw new InputError(
        `Cannot add to "${schema.name}": end its call with an object of states, like ${schema.callee.name}(…, {})`,
      );
    }
    const at = schema.literal.start;
    this.#put({ start: at, end: at }, bases.map((one) => `${one}, `).join(""));
    this.#append(
      schema.literal,
      missing.map(({ start, end }) => this.#made.text.slice(start, end)),
    );
  }

  /** The names that are missing, and those that gen made for states that are gone. */
  names(): void {
    const { names } = exportNames(this.#old.name);
    const literal = this.#old.literals.get(names);
    if (!literal) return;
    const gone = literal.properties.filter((entry) => {
      const type = entry.name === undefined ? undefined : this.#staleType(entry.name);
      const value = entry.value && this.#old.text.slice(entry.value.start, entry.value.end);
      if (!type || value?.slice(1, -1) !== entry.name) return false;
      this.#takeOut(entry);
      this.#takeOut(type);
      return true;
    });
    const indexes = new Map(literal.properties.map(({ name }, i) => [name, i]));
    const middle = new Map<number, string[]>();
    const end: string[] = [];
    let before = -1;
    for (const { name, start, end: stop } of this.#made.literals.get(names)!.properties) {
      const entry = this.#made.text.slice(start, stop);
      if (indexes.has(name)) before = indexes.get(name)!;
      else if (before === -1 || before === literal.properties.length - 1) end.push(entry);
      else middle.set(before, [...middle.get(before) ?? [], entry]);
    }
    for (const [index, entries] of middle) this.#insertAfter(literal, index, entries);
    this.#append(literal, end, gone);
  }

  groups(): void {
    const { groups } = exportNames(this.#old.name);
    const literal = this.#old.literals.get(groups);
    if (!literal) return;
    const missing = this.#made.literals.get(groups)!.properties.filter(({ name }) =>
      !literal.properties.some((one) => one.name === name)
    );
    this.#append(literal, missing.map(({ start, end }) => this.#made.text.slice(start, end)));
  }

  /** Declarations that the file lacks, each behind the one that it would follow. */
  declarations(): void {
    const { imports, region, known, declarations } = this.#old;
    let at = this.#lineTail(imports.at(-1)?.end ?? region.start);
    let from = this.#made.imports.at(-1)!.end;
    for (const [name, { end }] of this.#made.declarations) {
      const text = this.#made.text.slice(from, end);
      from = end;
      const old = declarations.get(name);
      if (old) at = this.#lineTail(old.end);
      else if (!known.has(name)) this.#insert(at, `\n\n${text.trimStart()}`);
    }
  }

  /** Imports what is not known in the file yet. */
  #need(names: readonly string[], into: ImportPlace | undefined, address: string): void {
    const missing = names.filter((one) => !this.#old.known.has(one));
    if (missing.length === 0) return;
    const said = missing.map((one) => /^State(Handlers|sOf)$/.test(one) ? `type ${one}` : one);
    if (!into || into.specifiers.length === 0 || into.typeOnly) {
      const { imports, region } = this.#old;
      const at = imports.at(-1) ? this.#lineTail(imports.at(-1)!.end) : region.start;
      this.#insert(at, `\nimport { ${said.join(", ")} } from ${quoted(address)};`);
      return;
    }
    missing.forEach((name, i) => {
      const next = into.specifiers.find((one) => one.name.toLowerCase() > name.toLowerCase());
      const last = into.specifiers.at(-1)!;
      const at = next ? next.start : last.end;
      this.#put({ start: at, end: at }, next ? `${said[i]}, ` : `, ${said[i]}`);
    });
  }

  #readdress({ source }: ImportPlace, address: string): void {
    if (source.address === address) return;
    const quote = this.#old.text[source.start];
    const said = quoted(address);
    this.#put(source, quote === "'" && !said.includes("'") ? `'${said.slice(1, -1)}'` : said);
  }

  #namesLiteral(): Set<string> | undefined {
    const literal = this.#old.literals.get(exportNames(this.#old.name).names);
    return literal && new Set(literal.properties.flatMap(({ name }) => name ?? []));
  }

  /** The type that gen made for the handlers of a state that is gone. */
  #staleType(name: string): Place | undefined {
    const { schema, declarations, text } = this.#old;
    if (this.#parts.names.includes(name) || schema.opaque || name === "Exception") return undefined;
    const type = handlersType(this.#old.name, name);
    const place = type === undefined ? undefined : declarations.get(type);
    if (!place) return undefined;
    const said = text.slice(place.start, place.end).replaceAll(/\s+/g, "").replaceAll("'", '"');
    const { states } = exportNames(this.#old.name);
    const made = `exporttype${type}=StateHandlers<${states},${quoted(name)}>`;
    if (said.replace(/;$/, "") !== made) return undefined;
    const comment = this.#old.comments.findLast(({ end }) => end <= place.start);
    const isOwn = comment && text.slice(comment.end, place.start).trim() === "" &&
      text.slice(comment.start, comment.end) === handlersComment(name);
    return isOwn ? { start: comment.start, end: place.end } : place;
  }

  #put(place: Place, text: string): void {
    if (text !== "" || place.end > place.start) this.#splices.push({ ...place, text });
  }

  /** Inserts whole lines behind a place. */
  #insert(at: number, text: string): void {
    const rest = /[^\n]*/y;
    rest.lastIndex = at;
    const alone = rest.exec(this.#old.text)![0].trim() === "";
    this.#put({ start: at, end: at }, alone ? text : `${text}\n`);
  }

  /** Adds entries at the end of an object literal, behind all comments in it. */
  #append(
    literal: ObjectLiteral,
    entries: readonly string[],
    gone: readonly Property[] = [],
  ): void {
    if (entries.length === 0) return;
    const { text } = this.#old;
    const last = literal.properties.at(-1);
    const close = literal.end - 1;
    let tail = last?.end ?? literal.start + 1;
    let comma = last === undefined || gone.includes(last);
    for (;;) {
      const next = this.#skip(tail, /[\s,]*/y);
      if (text.slice(tail, next).includes(",")) comma = true;
      const comment = this.#old.comments.find(({ start }) => start === next);
      if (!comment || next >= close) {
        tail += text.slice(tail, next).lastIndexOf(",") + 1;
        break;
      }
      tail = comment.end;
    }
    if (!comma) this.#put({ start: last!.end, end: last!.end }, ",");
    const lines = entries.map((entry, i) =>
      `\n${this.#indent(literal)}${entry}${comma || i < entries.length - 1 ? "," : ""}`
    );
    const broken = text.slice(tail, close).includes("\n");
    this.#put({ start: tail, end: tail }, lines.join("") + (broken ? "" : "\n"));
  }

  /** Adds entries behind one that is not the last one, and behind the comments on its line. */
  #insertAfter(literal: ObjectLiteral, index: number, entries: readonly string[]): void {
    let at = literal.properties[index].end;
    while (this.#old.text[at] !== ",") {
      const comment = this.#old.comments.find(({ start }) => start === at);
      at = comment ? comment.end : at + 1;
    }
    at = this.#lineTail(at + 1);
    const lines = entries.map((entry) => `\n${this.#indent(literal)}${entry},`).join("");
    this.#insert(at, lines);
  }

  /** What stands before the first entry that begins a line. */
  #indent(literal: ObjectLiteral): string {
    for (const { start } of literal.properties) {
      const line = this.#old.text.lastIndexOf("\n", start - 1) + 1;
      const before = this.#old.text.slice(line, start);
      if (line > literal.start && before.trim() === "") return before;
    }
    return "  ";
  }

  /** Takes a piece out, with its comma and with the line that would be left empty. */
  #takeOut({ start, end }: Place): void {
    const { text } = this.#old;
    let comma = end;
    for (;;) {
      comma = this.#skip(comma, /\s*/y);
      const comment = this.#old.comments.find((one) => one.start === comma);
      if (!comment) break;
      comma = comment.end;
    }
    let stop = end;
    if (text[comma] === ",") {
      if (text.slice(end, comma).trim() === "") stop = comma + 1;
      else this.#put({ start: comma, end: comma + 1 }, "");
    }
    const line = this.#skip(stop, /[ \t]*(?=\r?\n|$)/y);
    const isLast = /^(?:\r?\n|$)/.test(text.slice(line, line + 2));
    const before = /\s*$/.exec(text.slice(0, start))![0];
    const whole = isLast && before.includes("\n");
    this.#put(whole ? { start: start - before.length, end: line } : { start, end: stop }, "");
  }

  /** The end of what stands on the same line behind a place: spaces, a semicolon and comments. */
  #lineTail(from: number): number {
    let at = from;
    for (;;) {
      const next = this.#skip(at, /[ \t;]*/y);
      const comment = this.#old.comments.find(({ start }) => start === next);
      if (!comment) return at;
      at = comment.end;
    }
  }

  #skip(from: number, pattern: RegExp): number {
    pattern.lastIndex = from;
    return pattern.test(this.#old.text) ? pattern.lastIndex : from;
  }
}
