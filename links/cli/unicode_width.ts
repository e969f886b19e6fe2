/** Stands in for `@std/cli/unicode-width` where JSR is out of reach, over string-width. */
import stringWidth from "npm:string-width@8.1.0";

/** How many columns a terminal takes for the text. */
export function unicodeWidth(str: string): number {
  return stringWidth(str, { ambiguousIsNarrow: true });
}
