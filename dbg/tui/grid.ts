import { characters, columnsOf } from "./columns.ts";

/** How a cell looks; the numbers index {@linkcode CODES}. `selected` and `cursor` come on top. */
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
  cursor: 16,
} as const;

/** The name of a style. */
export type Style = keyof typeof STYLES;

/**
 * SGR codes by style: in color, and with `NO_COLOR`. Without colors styles are weights, so what has
 * the same weight is told apart by signs, where both can stand in one place.
 */
const CODES: readonly (readonly [string, string])[] = [
  ["", ""],
  ["90", "2"],
  ["1", "1"],
  ["1;36", "1"],
  ["32", ""],
  ["31", "1;3"],
  ["33", "3"],
  ["36", ""],
];

/** The SGR sequence of a cell's style. */
function code(style: number, color: boolean): string {
  const parts = [
    "0",
    CODES[style & 7][color ? 0 : 1],
    style & STYLES.selected ? "1;4" : "",
    style & STYLES.cursor ? "7" : "",
  ];
  return `\x1b[${parts.filter((part) => part !== "").join(";")}m`;
}

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
    for (const char of characters(text)) {
      const columns = columnsOf(char);
      if (columns === 0) continue;
      if (x + columns > end) break;
      if (x >= 0) this.#set(x, y, char, style);
      for (let i = 1; i < columns; i++) if (x + i >= 0) this.#set(x + i, y, "", style);
      x += columns;
    }
    return x;
  }

  /** Gives a range of cells a style; the cursor and the selection leave what they had. */
  paint(x: number, y: number, width: number, style: Style): void {
    if (y < 0 || y >= this.height) return;
    for (let i = Math.max(x, 0); i < Math.min(x + width, this.width); i++) {
      const at = y * this.width + i;
      const over = style === "cursor" || style === "selected" ? this.#styles[at] : 0;
      this.#styles[at] = over | STYLES[style];
    }
  }

  /** What stands in a cell. */
  at(x: number, y: number): string {
    return this.#chars[y * this.width + x] ?? "";
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
        if (this.#chars[i] === "") continue; // the rest of the character before it
        if (at !== x) out.push(`\x1b[${y + 1};${x + 1}H`);
        if (style !== this.#styles[i]) {
          style = this.#styles[i];
          out.push(code(style, color));
        }
        out.push(this.#chars[i]);
        // Terminals differ about the width of some characters: behind them the place is said anew.
        at = /^[\x20-\x7e\u00a0-\u024f\u2500-\u259f]$/.test(this.#chars[i]) ? x + 1 : -1;
      }
    }
    if (style > 0) out.push("\x1b[0m");
    return out.join("");
  }
}
