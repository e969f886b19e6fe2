/** Stands in for `@std/cli/unicode-width` where JSR is out of reach, over string-width. */
import stringWidth from "npm:string-width@8.1.0";

/** How many columns a terminal takes for the text. */
export function unicodeWidth(str: string): number {
  // Signs that only have a shape with what follows them: string-width throws when nothing does.
  return stringWidth(str.replaceAll(/(?!\u200d)\p{Cf}/gu, ""), { ambiguousIsNarrow: true });
}
