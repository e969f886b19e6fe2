/** Neutralises text that comes from elsewhere, for whatever ends in a terminal. */

/**
 * The text without what would move a terminal's cursor, start a sequence or a line, or reorder or
 * hide what is read: a sign stands for each control character (C0, DEL, C1, so newlines, too), and
 * invisible formatting (bidi marks, joiners, line and paragraph separators) is left out. Combining
 * marks stay: without them some scripts lose their vowels.
 *
 * @example Usage
 * ```ts ignore
 * console.log(printable("a\x1b]0;title\x07b\nc")); // a·]0;title·b·c
 * ```
 */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, "·").replace(/[\p{Cf}\u2028\u2029]/gu, "");
}
