import { close } from "../relay.ts";

/** What clients that behave have seen. */
export interface Experience {
  /** Milliseconds from connecting to the answer, of those that got one. */
  readonly times: readonly number[];
  /** How many got none in time. */
  readonly failed: number;
  /** How many were served a second. */
  readonly rate: number;
}

const LINE = new TextEncoder().encode("hello, is anybody there?\n");

/** One connection: a line and its answer; whether it came in time. */
async function once(port: number, patience: number): Promise<boolean> {
  let conn: Deno.Conn | null = null;
  const signal = AbortSignal.timeout(patience);
  const giveUp = () => close(conn);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    conn = await Deno.connect({ hostname: "127.0.0.1", port });
    if (signal.aborted) return false;
    await conn.write(LINE);
    const buffer = new Uint8Array(64);
    for (let got = 0; got < LINE.length;) {
      const n = await conn.read(buffer);
      if (n === null) return false;
      got += n;
    }
    return true;
  } catch {
    return false;
  } finally {
    signal.removeEventListener("abort", giveUp);
    close(conn);
  }
}

/** Settings of {@linkcode visit}. */
export interface VisitOptions {
  /** How many clients there are at a time. */
  readonly clients: number;
  /** How long they come, in milliseconds; or how many connections they make in all. */
  readonly until: { readonly ms: number } | { readonly connections: number };
  /** How long each thinks before it comes again, in milliseconds. @default {0} */
  readonly pause?: number;
  /** How long each waits for an answer, in milliseconds. @default {10_000} */
  readonly patience?: number;
}

/** Clients that behave, from one address. */
export async function visit(port: number, options: VisitOptions): Promise<Experience> {
  const { clients, until, pause = 0, patience = 10_000 } = options;
  const times: number[] = [];
  let failed = 0;
  let left = "connections" in until ? until.connections : Infinity;
  const start = performance.now();
  const end = "ms" in until ? start + until.ms : Infinity;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (left-- > 0 && performance.now() < end) {
      const begun = performance.now();
      if (await once(port, patience)) times.push(performance.now() - begun);
      else failed++;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }));
  return { times, failed, rate: times.length / (performance.now() - start) * 1000 };
}
