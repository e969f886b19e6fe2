/** JSON that can be shown in a terminal, wherever its texts come from. */

/**
 * A value as JSON in which also the characters that JSON leaves as they are, but a terminal or an
 * editor would act upon, are escaped (C1, bidi and other formatting): it reads back the same.
 */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\p{Cf}\u2028\u2029]/gu,
    // JSON names code units, of which some of these characters have two.
    (char) =>
      char.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
        .join(""),
  );
}
