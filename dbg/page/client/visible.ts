/** Format characters that joined scripts and emoji need. */
const JOINERS = "\u200c\u200d";

/** A machine's text for one line: signs in place of controls, line ends and changes of direction. */
export function visible(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => {
    if (JOINERS.includes(one)) return one;
    const code = one.codePointAt(0)!;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });
}
