/**
 * The terminal in raw mode on its second screen, with the mouse. Whatever happens, it is put back:
 * by `restore`, on SIGTERM and SIGHUP, and on an uncaught error.
 */
export class Terminal {
  /** Whether colors are wanted. */
  readonly color: boolean = !Deno.env.get("NO_COLOR");
  readonly #encoder = new TextEncoder();
  #open = false;

  /** Takes the terminal over. */
  open(): void {
    Deno.stdin.setRaw(true);
    this.#open = true;
    this.write("\x1b[?1049h\x1b[?25l\x1b[?1000h\x1b[?1006h\x1b[2J");
    globalThis.addEventListener("error", this.restore);
    globalThis.addEventListener("unhandledrejection", this.restore);
    globalThis.addEventListener("unload", this.restore);
  }

  /** Puts the terminal back; a second call does nothing. */
  readonly restore = (): void => {
    if (!this.#open) return;
    this.#open = false;
    this.write("\x1b[0m\x1b[?1006l\x1b[?1000l\x1b[?25h\x1b[?1049l");
    try {
      Deno.stdin.setRaw(false);
    } catch {
      // The terminal is gone.
    }
    globalThis.removeEventListener("error", this.restore);
    globalThis.removeEventListener("unhandledrejection", this.restore);
    globalThis.removeEventListener("unload", this.restore);
  };

  /** Columns and rows. */
  size(): { columns: number; rows: number } {
    try {
      return Deno.consoleSize();
    } catch {
      return { columns: 80, rows: 24 };
    }
  }

  /** Sends all of a text. */
  write(text: string): void {
    const bytes = this.#encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}
