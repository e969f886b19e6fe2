/*
 * What was generated stands between two markers. On the next run the text around it stays, and
 * inside of it the values that a person may have changed: those of the schema and the groups.
 */
import { InputError } from "./states.ts";

/** The first line of what gen writes. */
export const REGION_START = "// #region states, made by gen: it keeps relations when it runs again";
/** The last line of what gen writes. */
export const REGION_END = "// #endregion states";

/** A states file, taken apart. */
export interface StatesFileParts {
  /** What stands before the region. */
  readonly before: string;
  /** The region with its markers. */
  readonly region: string;
  /** What stands behind it. */
  readonly after: string;
}

/**
 * Takes a states file apart.
 *
 * @throws {InputError} If it has no region.
 */
export function splitRegion(text: string): StatesFileParts {
  const start = text.indexOf(REGION_START);
  const end = text.indexOf(REGION_END, start);
  if (start === -1 || end === -1) {
    throw new InputError(`It is not a states file: the line "${REGION_START}" is missing`);
  }
  const stop = end + REGION_END.length;
  return { before: text.slice(0, start), region: text.slice(start, stop), after: text.slice(stop) };
}

/** An entry of an object literal, as it stands in the source. */
export interface Entry {
  /** The comments before it. */
  readonly comments: string;
  /** The key. */
  readonly name: string;
  /** The text of the value. */
  readonly value: string;
}

/**
 * The entries of the object literal whose opening brace follows `opening` in the text.
 *
 * @throws {InputError} If there is no such literal, or it has anything but plain entries.
 */
export function literalEntries(text: string, opening: RegExp): Entry[] {
  const found = opening.exec(text);
  if (!found) throw new InputError(`Cannot read the states file: ${opening.source} is missing`);
  const entries: Entry[] = [];
  let at = found.index + found[0].length;
  for (;;) {
    const start = at;
    at = skipSpace(text, at);
    const comments = text.slice(start, at).trim();
    if (text[at] === "}") return entries;
    const key = /^(?:([A-Za-z_$][\w$]*)|"([^"]+)")\s*:\s*/.exec(text.slice(at, at + 300));
    if (!key) {
      throw new InputError(
        `Cannot read the states file at "${
          text.slice(at, at + 20).split("\n")[0]
        }": expected a state`,
      );
    }
    at += key[0].length;
    const end = valueEnd(text, at);
    entries.push({ comments, name: key[1] ?? key[2], value: text.slice(at, end).trim() });
    at = text[end] === "," ? end + 1 : end;
  }
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const SPACE = /\s+/y;

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function skipSpace(text: string, from: number): number {
  for (let at = from;;) {
    const next = match(COMMENT, text, match(SPACE, text, at));
    if (next === at) return at;
    at = next;
  }
}

/** Where a value ends: at a comma or a closing brace of its own level. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length;) {
    const next = match(COMMENT, text, match(STRING, text, at));
    if (next !== at) {
      at = next;
      continue;
    }
    const char = text[at];
    if (depth === 0 && (char === "," || char === "}")) return at;
    if ("{[(".includes(char)) depth++;
    if ("}])".includes(char)) depth--;
    at++;
  }
  throw new InputError("Cannot read the states file: a brace is missing");
}
