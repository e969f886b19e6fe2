import { unicodeWidth } from "@std/cli/unicode-width";

/** How a cell looks; the numbers index {@linkcode CODES}. */
export const STYLES = {
  normal: 0,
  dim: 1,
  bold: 2,
  title: 3,
  active: 4,
  error: 5,
  warning: 6,
  accent: 7,
  selected: 8,
  cursor: 9,
} as const;

/** The name of a style. */
export type Style = keyof typeof STYLES;

/** SGR codes by style: in color, and with `NO_COLOR`. */
const CODES: readonly (readonly [string, string])[] = [
  ["", ""],
  ["90", "2"],
  ["1", "1"],
  ["1;36", "1"],
  ["32", "1"],
  ["31", "1"],
  ["33", ""],
  ["36", ""],
  ["1;4", "1;4"],
  ["7", "7"],
];

/** A screen's cells: what is drawn into it is compared with what the terminal shows. */
export class Grid {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  readonly #chars: string[];
  readonly #styles: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#chars = new Array(width * height).fill(" ");
    this.#styles = new Uint8Array(width * height);
  }

  /** Writes text from a cell on, cut at `limit` columns; gives the column behind it. */
  text(x: number, y: number, text: string, style: Style = "normal", limit = Infinity): number {
    if (y < 0 || y >= this.height) return x;
    const end = Math.min(this.width, x + Math.max(limit, 0));
    for (const char of printable(text)) {
      const columns = columnsOf(char);
      if (columns === 0) continue;
      if (x + columns > end) break;
      if (x >= 0) this.#set(x, y, char, style);
      x++;
      if (columns === 2) this.#set(x++, y, "", style);
    }
    return x;
  }

  /** Gives a range of cells a style. */
  paint(x: number, y: number, width: number, style: Style): void {
    if (y < 0 || y >= this.height) return;
    for (let i = Math.max(x, 0); i < Math.min(x + width, this.width); i++) {
      this.#styles[y * this.width + i] = STYLES[style];
    }
  }

  #set(x: number, y: number, char: string, style: Style): void {
    this.#chars[y * this.width + x] = char;
    this.#styles[y * this.width + x] = STYLES[style];
  }

  /** The rows as plain text. */
  lines(): string[] {
    return Array.from(
      { length: this.height },
      (_, y) => this.#chars.slice(y * this.width, (y + 1) * this.width).join("").trimEnd(),
    );
  }

  /** What a terminal that shows `before` has to be sent to show this; all of it without one. */
  diff(before: Grid | null, color: boolean): string {
    const same = before?.width === this.width && before.height === this.height ? before : null;
    const out: string[] = same ? [] : ["\x1b[0m\x1b[2J"];
    let style = -1;
    for (let y = 0; y < this.height; y++) {
      let at = -1;
      for (let x = 0; x < this.width; x++) {
        const i = y * this.width + x;
        if (
          same ? same.#chars[i] === this.#chars[i] && same.#styles[i] === this.#styles[i] : false
        ) continue;
        if (at !== x) out.push(`\x1b[${y + 1};${x + 1}H`);
        if (style !== this.#styles[i]) {
          style = this.#styles[i];
          const code = CODES[style][color ? 0 : 1];
          out.push(`\x1b[0${code && ";" + code}m`);
        }
        out.push(this.#chars[i]);
        at = x + 1;
      }
    }
    if (style > 0) out.push("\x1b[0m");
    return out.join("");
  }
}

const widths = new Map<string, number>();

/** Columns of a character, kept: the same few are drawn all the time. */
function columnsOf(char: string): number {
  if (char < "\u0300") return 1;
  let width = widths.get(char);
  if (width === undefined) {
    if (widths.size > 5000) widths.clear();
    widths.set(char, width = unicodeWidth(char));
  }
  return width;
}

/** Without what would move a terminal's cursor or hide itself: text may come from anywhere. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, "·").replace(
    /[\p{M}\p{Cf}\u2028\u2029]/gu,
    "",
  );
}
