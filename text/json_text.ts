/**
 * A value as JSON that may end in a terminal: what {@linkcode printable} takes away is escaped, so
 * that the reader of the JSON gets it all the same.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/[\x7f-\x9f\u2028\u2029]|\p{Cf}/gu, (character) => {
    let escaped = "";
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
    }
    return escaped;
  });
}
