/** A click or a turn of the wheel. */
export interface MouseEvent {
  /** What happened. */
  readonly kind: "click" | "up" | "down";
  /** Column from 0. */
  readonly x: number;
  /** Row from 0. */
  readonly y: number;
}

/** Text that was pasted. */
export interface Paste {
  /** What happened. */
  readonly kind: "paste";
  /** What was pasted; of a very long text the beginning. */
  readonly text: string;
}

/** What a person did: a key by its name (`a`, `up`, `alt+m`, `ctrl+z`), the mouse, or a paste. */
export type Input = string | MouseEvent | Paste;

/** Keys by the last letter of their sequence. */
const LETTERS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
};
/** Keys by the first number of a sequence that ends with `~`. */
const NUMBERS: Readonly<Record<number, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
};
const CONTROL: Readonly<Record<string, string>> = {
  "\t": "tab",
  "\r": "enter",
  "\n": "enter",
  "\x1b": "esc",
  " ": "space",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x1c": "ctrl+\\",
};
const PASTE_END = "\x1b[201~";
/** UTF-16 units of a paste or of an unknown sequence that are kept. */
const MOST = 10_000;
/** Wheels and the left button, without the bits of modifier keys. */
const BUTTONS: Readonly<Record<number, MouseEvent["kind"]>> = { 0: "click", 64: "up", 65: "down" };

/** The name of a single character's key; null for one that is none. */
function nameOf(char: string): string | null {
  const known = CONTROL[char];
  if (known !== undefined) return known;
  if (char >= "\x01" && char <= "\x1a") {
    return `ctrl+${String.fromCharCode(char.charCodeAt(0) + 96)}`;
  }
  return /^\p{Cc}$/u.test(char) ? null : char;
}

/** A key with the modifiers that a sequence names by a number. */
function modified(key: string | undefined, number: number): string | null {
  if (key === undefined) return null;
  const bits = Math.max((number || 1) - 1, 0);
  const single = [...key].length === 1;
  const shifted = (bits & 1) !== 0 && single ? key.toUpperCase() : key;
  return `${bits & 4 ? "ctrl+" : ""}${bits & 10 ? "alt+" : ""}${
    (bits & 1) !== 0 && !single ? "shift+" : ""
  }${shifted}`;
}

/** What stands at the beginning of a text. */
interface Found {
  /** How much of the text it takes. */
  readonly used: number;
  /** What it means here; null for nothing. */
  readonly input: Input | null;
}

/** The sequence at the beginning, which starts with ESC; null while its end is missing. */
function sequence(text: string): Found | null {
  const second = text[1];
  if (second === undefined) return null;
  if (second === "\x1b") {
    const third = text[2];
    if (third === undefined) return null;
    if (third !== "[" && third !== "O") return { used: 1, input: "esc" };
    // Some terminals send alt with a special key like this.
    const inner = sequence(text.slice(1));
    if (inner === null) return null;
    const { used, input } = inner;
    return { used: used + 1, input: typeof input === "string" ? `alt+${input}` : input };
  }
  if (second === "[") return controlSequence(text);
  if (second === "O") return key(text, 2);
  if (/[\]P_^X]/.test(second)) return stringSequence(text);
  const char = String.fromCodePoint(text.codePointAt(1)!);
  if (/^[\ud800-\udbff]$/.test(char)) return null;
  const name = nameOf(char);
  // Escape and another key, typed fast; alt with these is rare, but for backspace.
  if (/\p{Cc}/u.test(char) && name !== "backspace") return { used: 1, input: "esc" };
  return { used: 1 + char.length, input: name && `alt+${name}` };
}

function controlSequence(text: string): Found | null {
  if (text[2] === "M") {
    // The mouse of old terminals: three characters.
    const broken = text.slice(3, 6).indexOf("\x1b");
    if (broken !== -1) return { used: 3 + broken, input: null };
    if (text.length < 6) return null;
    const [button, x, y] = [3, 4, 5].map((at) => text.charCodeAt(at) - 32);
    return { used: 6, input: mouse(button, x, y) };
  }
  if (text[2] === "[") return text.length < 4 ? null : { used: 4, input: null };
  return key(text, 2);
}

/** Parameters from a position on, and the letter that ends them. */
function key(text: string, from: number): Found | null {
  let at = from;
  while (at < text.length && /[\x20-\x3f]/.test(text[at])) at++;
  if (at === text.length) {
    return text.length > MOST ? { used: text.length, input: null } : null;
  }
  // What does not belong here ends the sequence, and is read by itself.
  if (!/[\x40-\x7e]/.test(text[at])) return { used: at, input: null };
  const parameters = text.slice(from, at);
  return { used: at + 1, input: meaning(parameters, text[at]) };
}

function meaning(parameters: string, end: string): Input | null {
  const [first = 0, second = 0, third = 0] = parameters.replace(/^</, "").split(";").map((one) =>
    Number.parseInt(one) || 0
  );
  if (parameters.startsWith("<")) return end === "M" ? mouse(first, second, third) : null;
  if (end === "Z") return "shift+tab";
  if (end === "u" || (end === "~" && first === 27)) {
    const code = end === "u" ? first : third;
    if (code === 0 || code > 0x10ffff) return null;
    return modified(nameOf(String.fromCodePoint(code)) ?? undefined, second);
  }
  return modified(end === "~" ? NUMBERS[first] : LETTERS[end], second);
}

function mouse(button: number, x: number, y: number): MouseEvent | null {
  const kind = BUTTONS[button & ~0b11100];
  return kind === undefined ? null : { kind, x: Math.max(x - 1, 0), y: Math.max(y - 1, 0) };
}

/** Answers and titles, up to their terminator. */
function stringSequence(text: string): Found | null {
  for (let at = 2; at < text.length; at++) {
    if (text[at] === "\x07") return { used: at + 1, input: null };
    if (text[at] !== "\x1b") continue;
    if (at + 1 === text.length) return null;
    return { used: text[at + 1] === "\\" ? at + 2 : at, input: null };
  }
  return null;
}

/**
 * Reads what a terminal sends, in whatever pieces it comes. What has begun waits for its end, so that
 * no part of a sequence is taken for typed text; only where a key and the beginning of a sequence
 * are the same (Escape), a pause decides, which the caller has to tell.
 */
export class InputReader {
  #rest = "";
  #pasted: string | null = null;
  /** An Escape was told after a pause: a sequence may still go on behind it. */
  #late = false;

  /** Whether a pause would decide what waits. */
  get undecided(): boolean {
    return this.#pasted === null && this.#rest !== "" && this.#rest.length <= 2;
  }

  /** What is complete with this text. */
  read(text: string): Input[] {
    const found: Input[] = [];
    this.#rest += text;
    while (this.#rest !== "") {
      const next = this.#next();
      if (next === null) break;
      this.#rest = this.#rest.slice(next.used);
      if (next.input !== null) found.push(next.input);
    }
    return found;
  }

  /** What it is when nothing else comes for a while. */
  pause(): Input[] {
    const rest = this.#rest;
    if (!this.undecided) return [];
    if (rest === "\x1b") {
      this.#rest = "";
      this.#late = true;
      return ["esc"];
    }
    if (rest === "\x1b\x1b") {
      this.#rest = "";
      return ["esc", "esc"];
    }
    if (this.#late && rest === "[") {
      this.#rest = "";
      this.#late = false;
      return [rest];
    }
    if (rest[0] === "\x1b" && /[\]P_^X]/.test(rest[1])) {
      this.#rest = "";
      return [`alt+${rest[1]}`];
    }
    return [];
  }

  #next(): Found | null {
    const text = this.#rest;
    if (this.#pasted !== null) return this.#paste(text);
    if (this.#late) {
      // A line that is slower than the pause: the rest of a sequence, or a typed bracket?
      const rest = /^\[|^O[A-DFHP-S]$/.test(text) ? sequence(`\x1b${text}`) : undefined;
      if (rest === null) return null;
      this.#late = false;
      if (rest !== undefined) return this.#begun(`\x1b${text}`, rest, 1);
    }
    if (text[0] !== "\x1b") {
      const char = String.fromCodePoint(text.codePointAt(0)!);
      if (/^[\ud800-\udbff]$/.test(char) && text.length === 1) return null;
      return { used: char.length, input: nameOf(char) };
    }
    const found = sequence(text);
    if (found === null) {
      if (text.length > MOST) this.#rest = text.slice(0, 2); // still waits for its end
      return null;
    }
    return this.#begun(text, found, 0);
  }

  #begun(text: string, { used, input }: Found, early: number): Found {
    if (text.slice(0, used) === "\x1b[200~") this.#pasted = "";
    return { used: used - early, input };
  }

  #paste(text: string): Found | null {
    const end = text.indexOf(PASTE_END);
    const sure = end === -1 ? text.length - (PASTE_END.length - 1) : end;
    if (sure > 0) {
      this.#pasted = (this.#pasted + text.slice(0, sure)).slice(0, MOST);
      this.#rest = text.slice(sure);
    }
    if (end === -1) return null;
    const pasted = this.#pasted!;
    this.#pasted = null;
    return { used: PASTE_END.length, input: { kind: "paste", text: pasted } };
  }
}
