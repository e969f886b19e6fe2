import { close } from "../relay.ts";

/**
 * What is protected: answers a line with the same line. Like many servers it has so many places, and
 * who comes when all are taken waits.
 */
export class SmallServer implements Disposable {
  readonly #listener: Deno.TcpListener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #places: number;
  readonly #waiting: Deno.Conn[] = [];
  readonly #served: Set<Deno.Conn> = new Set();
  #ended = false;

  /** Listens at once. */
  constructor(places: number) {
    this.#places = places;
    this.#run();
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  async #run(): Promise<void> {
    try {
      for await (const conn of this.#listener) {
        this.#waiting.push(conn);
        this.#next();
      }
    } catch (error) {
      if (!this.#ended) throw error;
    }
  }

  #next(): void {
    while (this.#served.size < this.#places && this.#waiting.length > 0) {
      this.#serve(this.#waiting.shift()!);
    }
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    this.#served.add(conn);
    const buffer = new Uint8Array(1024);
    try {
      for (let n; (n = await conn.read(buffer)) !== null;) await conn.write(buffer.subarray(0, n));
    } catch {
      // hung up
    }
    close(conn);
    this.#served.delete(conn);
    this.#next();
  }

  /** Hangs up. */
  [Symbol.dispose](): void {
    this.#ended = true;
    close(this.#listener);
    for (const conn of [...this.#served, ...this.#waiting]) close(conn);
  }
}
