import { unicodeWidth } from "@std/cli/unicode-width";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const widths = new Map<string, number>();
/** Marks of one character that are drawn; more would run over other lines. */
const MARKS = 6;

/** Without what would move a terminal's cursor or reorder what is read: text may come from anywhere. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, "·").replace(
    // Joiners stay: some scripts need them.
    /(?![\u200c\u200d])[\p{Cf}\u2028\u2029]/gu,
    "",
  );
}

/** What a person sees as characters, each with its marks. */
export function characters(text: string): string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return text.split("");
  return Array.from(segmenter.segment(printable(text)), ({ segment }) => {
    const points = [...segment];
    // A mark without a letter gets the sign that stands for one.
    const whole = /^\p{M}/u.test(segment) ? ["◌", ...points] : points;
    return whole.slice(0, MARKS + 1).join("");
  });
}

/** Columns of one character, kept: the same few are drawn all the time. */
export function columnsOf(char: string): number {
  if (char < "\u0300") return 1;
  let width = widths.get(char);
  if (width === undefined) {
    if (widths.size > 5000) widths.clear();
    widths.set(char, width = measured(char));
  }
  return width;
}

function measured(char: string): number {
  // Emoji of several parts are one picture.
  if (/\p{RI}\p{RI}|\ufe0f|\p{Emoji_Modifier}|\p{Extended_Pictographic}\u200d/u.test(char)) {
    return 2;
  }
  let sum = 0;
  for (const point of char) {
    // Vowel signs that stand beside their letter have a column in most terminals.
    sum += /\p{Mc}/u.test(point) ? 1 : /[\p{M}\u200c\u200d]/u.test(point) ? 0 : unicodeWidth(point);
  }
  return sum;
}

/** Columns of a text. */
export function textColumns(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return characters(text).reduce((sum, char) => sum + columnsOf(char), 0);
}

/** The first characters that fit, and how many columns they take. */
function head(chars: readonly string[], room: number): [text: string, columns: number] {
  let columns = 0;
  let text = "";
  for (const char of chars) {
    const own = columnsOf(char);
    if (columns + own > room) break;
    columns += own;
    text += char;
  }
  return [text, columns];
}

/** A text of at most so many columns; what is cut at its end is said by a sign. */
export function cutEnd(text: string, room: number): string {
  if (textColumns(text) <= room) return text;
  return room < 1 ? "" : `${head(characters(text), room - 1)[0]}…`;
}

/** A name of at most so many columns, cut in its middle: names often differ at their ends. */
export function cutMiddle(text: string, room: number): string {
  if (textColumns(text) <= room) return text;
  if (room < 1) return "";
  const chars = characters(text);
  const [start, used] = head(chars, Math.ceil((room - 1) / 2));
  const back = chars.toReversed();
  const [end] = head(back, room - 1 - used);
  const count = characters(end).length;
  return `${start}…${count === 0 ? "" : chars.slice(-count).join("")}`;
}
