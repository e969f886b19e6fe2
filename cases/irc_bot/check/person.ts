import { LineReader } from "../line.ts";

/** Somebody on the network who does by hand what bots are tested with. */
export class Person implements Disposable {
  /** The lines that came, as they were. */
  readonly lines: string[] = [];
  /** Whether the connection is over. */
  ended = false;
  readonly #conn: Deno.Conn;
  #wake: () => void = () => {};

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.#read();
  }

  /** Comes on the network, and into a channel. */
  static async join(port: number, nick: string, channel?: string): Promise<Person> {
    const person = new Person(await Deno.connect({ hostname: "127.0.0.1", port }));
    await person.send(`NICK ${nick}`);
    await person.send(`USER ${nick} 0 * :${nick}`);
    await person.sees(/ 001 /);
    if (channel) {
      await person.send(`JOIN ${channel}`);
      await person.sees(/ 366 /);
    }
    return person;
  }

  /** Sends a line. */
  async send(line: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${line}\r\n`);
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Waits for a line, of those from `from` on, and gives it. */
  async sees(pattern: RegExp, { from = 0, ms = 60_000 } = {}): Promise<string> {
    const end = Date.now() + ms;
    for (;;) {
      const found = this.lines.slice(from).find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.ended || Date.now() > end) {
        throw new Error(`never seen: ${pattern}; last: ${this.lines.slice(-3).join(" | ")}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100);
      });
    }
  }

  async #read(): Promise<void> {
    const reader = new LineReader();
    const buffer = new Uint8Array(4096);
    try {
      for (let n; (n = await this.#conn.read(buffer)) !== null;) {
        for (const line of reader.read(buffer.subarray(0, n))) {
          if (line.startsWith("PING")) this.send(`PONG${line.slice(4)}`).catch(() => {});
          this.lines.push(line);
        }
        this.#wake();
      }
    } catch {
      // reset, or closed
    }
    this.ended = true;
    this.#wake();
  }

  /** Leaves. */
  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch {
      // closed by then
    }
  }
}
