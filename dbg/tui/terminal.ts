/** The second screen, no cursor, the mouse with its places in numbers, pastes marked as such. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[2J";
const LEAVE = "\x1b[0m\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?25h\x1b[?1049l";

/** UTF-16 units of a copied text: terminals take no more than some ten thousands. */
const COPIED = 50_000;

/**
 * The terminal in raw mode on its second screen, with the mouse. Whatever happens, it is put back:
 * by `restore`, and on an uncaught error. A terminal that is gone takes everything in silence.
 */
export class Terminal {
  /** Whether colors are wanted. */
  readonly color: boolean = !Deno.env.get("NO_COLOR");
  readonly #encoder = new TextEncoder();
  #open = false;
  /** Whether the terminal was closed. */
  gone = false;

  /** Takes the terminal over. */
  open(): void {
    // After a stop from outside it is raw for this process, and not for the shell: both ways.
    this.#raw(false);
    this.#raw(true);
    this.#open = true;
    this.write(ENTER);
    globalThis.addEventListener("error", this.restore);
    globalThis.addEventListener("unhandledrejection", this.restore);
    globalThis.addEventListener("unload", this.restore);
  }

  /** Puts the terminal back; a second call does nothing. */
  readonly restore = (): void => {
    if (!this.#open) return;
    this.#open = false;
    this.write(LEAVE);
    this.#raw(false);
    globalThis.removeEventListener("error", this.restore);
    globalThis.removeEventListener("unhandledrejection", this.restore);
    globalThis.removeEventListener("unload", this.restore);
  };

  #raw(on: boolean): void {
    try {
      Deno.stdin.setRaw(on);
    } catch {
      this.gone = true;
    }
  }

  /** Columns and rows. */
  size(): { columns: number; rows: number } {
    try {
      return Deno.consoleSize();
    } catch {
      return { columns: 80, rows: 24 };
    }
  }

  /** Puts a text into the clipboard of whoever sits there: OSC 52, which many terminals know. */
  copy(text: string): void {
    const bytes = this.#encoder.encode(text.slice(0, COPIED).toWellFormed());
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    this.write(`\x1b]52;c;${btoa(binary)}\x07`);
  }

  /** Sends all of a text. */
  write(text: string): void {
    const bytes = this.#encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    } catch {
      this.gone = true;
    }
  }
}
