/** A wire to a server, which can be made slow: what either end sends then comes later. */
export class SlowLink implements Disposable {
  /** By how many milliseconds everything is late. */
  delay = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns: Set<Deno.Conn> = new Set();
  #ended = false;

  /** A wire to a port on loopback. */
  constructor(to: number) {
    this.#run(to);
  }

  /** Where it begins. */
  get port(): number {
    return this.#listener.addr.port;
  }

  async #run(to: number): Promise<void> {
    try {
      for await (const client of this.#listener) {
        const server = await Deno.connect({ hostname: "127.0.0.1", port: to });
        this.#conns.add(client).add(server);
        this.#carry(client, server);
        this.#carry(server, client);
      }
    } catch (error) {
      if (!this.#ended) throw error;
    }
  }

  async #carry(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(4096);
    let last: Promise<unknown> = Promise.resolve();
    try {
      for (let n; (n = await from.read(buffer)) !== null;) {
        const data = buffer.slice(0, n);
        const arrived = new Promise((resolve) => setTimeout(resolve, this.delay));
        last = Promise.all([last, arrived]).then(() => to.write(data)).catch(() => {});
      }
    } catch {
      // reset
    }
    await last;
    for (const conn of [from, to]) {
      this.#conns.delete(conn);
      close(conn);
    }
  }

  /** Cuts it. */
  [Symbol.dispose](): void {
    this.#ended = true;
    this.#listener.close();
    for (const conn of this.#conns) close(conn);
  }
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // closed by then
  }
}
