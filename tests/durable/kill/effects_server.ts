/** Counts what orders do, and finds what must not happen. */
export class EffectsServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** How often each key was asked for, by key. */
  readonly asked: Map<string, number> = new Map();
  /** What each key stands for, in the order of the first calls. */
  readonly whats: Map<string, string> = new Map();
  readonly #stored: Set<string> = new Set();
  /** What must not have happened. */
  readonly wrong: string[] = [];
  /** Everything, as it came. */
  requests = 0;

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(new URL(request.url)),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  #answer({ pathname, searchParams }: URL): Response {
    this.requests++;
    const key = searchParams.get("key")!;
    const what = searchParams.get("what") ?? "";
    if (pathname === "/stored") {
      this.#stored.add(key);
      return new Response();
    }
    if (this.#stored.has(key)) this.wrong.push(`${key} was asked for after it was stored`);
    if (this.whats.get(key) !== undefined && this.whats.get(key) !== what) {
      this.wrong.push(`${key} was ${this.whats.get(key)} and then ${what}`);
    }
    this.whats.set(key, what);
    this.asked.set(key, (this.asked.get(key) ?? 0) + 1);
    return what === "fail"
      ? new Response("the carrier refused", { status: 409 })
      : new Response(what);
  }

  /** What was done for an order, each key once: the server knows keys, as such servers do. */
  doneFor(id: string): string[] {
    return [...this.whats].filter(([key]) => key.startsWith(`order/${id}/`)).map(([, what]) =>
      what
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
