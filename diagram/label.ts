/**
 * The name as it can be drawn in any format: control characters as their pictures, and what no text
 * may contain (half a surrogate pair, noncharacters) as the replacement character.
 */
export function label(name: string): string {
  return name.toWellFormed().replaceAll(
    /[\p{Cc}\p{Noncharacter_Code_Point}\u2028\u2029]/gu,
    (char) => {
      const code = char.codePointAt(0)!;
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
    },
  );
}
