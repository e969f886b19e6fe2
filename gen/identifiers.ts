/*
 * What can be a name in the source that gen writes, and how anything else is written there.
 */
import { printable } from "../text/printable.ts";
import { printableJson } from "../text/printable_json.ts";
import { InputError } from "./input_error.ts";

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const RESERVED = new Set(
  ("arguments await break case catch class const continue debugger default delete do else enum " +
    "eval export extends false finally for function if implements import in instanceof interface " +
    "let new null package private protected public return static super switch this throw true " +
    "try typeof var void while with yield any bigint boolean never number object string symbol " +
    "undefined unknown").split(" "),
);

/** Whether a text can name something in a module. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !RESERVED.has(text);
}

/**
 * Checks an option's value that is to become a name.
 *
 * @throws {InputError} If it cannot; the message names the option.
 */
export function checkIdentifier(option: string, value: string): void {
  if (isIdentifier(value)) return;
  throw new InputError(
    `Invalid ${option} ${quoted(value)}: expected a name of letters and digits, first a letter`,
  );
}

/** A text as a string literal. */
export function quoted(text: string): string {
  return printableJson(text);
}

/** A name as the key of an object literal. */
export function key(name: string): string {
  return IDENTIFIER.test(name) && printable(name) === name ? name : quoted(name);
}

/** A text as a part of a block comment, which it cannot end. */
export function inComment(text: string): string {
  return printable(text).replaceAll("*/", "* /");
}

/** A name for what belongs to any text, in which the parts of it can be told; else undefined. */
export function identifierOf(text: string): string | undefined {
  if (isIdentifier(text)) return text;
  const [first, ...rest] = text.split(/[^\p{ID_Continue}$]+/u).filter((part) => part !== "");
  if (first === undefined) return undefined;
  const name = first + rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
  return IDENTIFIER.test(name) ? name : undefined;
}
