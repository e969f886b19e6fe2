/** A program of this folder as a process of its own, which answers lines with lines of JSON. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  private constructor(file: string, args: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL(file, import.meta.url).href, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#stdin = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts a program and waits for its first line. */
  static async start<T>(file: string, ...args: string[]): Promise<[child: Child, first: T]> {
    const child = new Child(file, args);
    return [child, await child.#read() as T];
  }

  /** Sends a line and reads one. */
  async ask<T>(line = ""): Promise<T> {
    await this.#stdin.write(new TextEncoder().encode(`${line}\n`));
    return await this.#read() as T;
  }

  async #read(): Promise<unknown> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end !== -1) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return JSON.parse(line);
      }
      const { done, value } = await this.#lines.read();
      if (done) throw new Error("a process of the check has ended early");
      this.#rest += value;
    }
  }

  /** Closes its input, at which it ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stdin.close().catch(() => {});
    await this.#lines.cancel();
    await this.#process.status;
  }
}

/** The lines that come to a child; it ends with the last one. */
export async function* linesIn(): AsyncGenerator<string> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
