/** Processes whose leader dies or freezes once it has served for a second, and what came of it. */
import { statuses } from "../client.ts";
import { type Contradiction, findContradiction } from "../linearizable.ts";
import { freeAddresses, Processes } from "../processes.ts";
import { Load } from "./load.ts";

/** How many of what. */
export interface ChaosOptions {
  readonly nodes: number;
  readonly faults: number;
}

/** What came of it. */
export interface ChaosReport {
  readonly killed: number;
  readonly frozen: number;
  readonly acknowledged: number;
  readonly operations: number;
  /** Acknowledged writes that are missing. */
  readonly lost: number;
  readonly contradiction: Contradiction | null;
  /** From each fault to the answer of a write that began after it, in milliseconds, sorted. */
  readonly outages: readonly number[];
  readonly terms: number;
  /** Operations that were given up. */
  readonly unanswered: number;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Who leads the highest term, once somebody serves. */
async function leaderOf(members: readonly string[], limit = 30_000): Promise<number> {
  for (const end = performance.now() + limit; performance.now() < end;) {
    const found = (await statuses(members, 200)).filter((one) => one?.states.includes("Serving"));
    const [leader] = found.sort((a, b) => b!.term - a!.term);
    if (leader) return leader.id;
    await sleep(20);
  }
  throw new Error(`No node leads after ${limit} ms`);
}

/** Lets it happen. */
export async function chaos({ nodes, faults: count }: ChaosOptions): Promise<ChaosReport> {
  const folder = await Deno.makeTempDir({ prefix: "raft-chaos-" });
  const members = freeAddresses(nodes);
  const faults: number[] = [];
  let killed = 0;
  let frozen = 0;
  try {
    await using processes = new Processes({ members, folder });
    processes.startAll();
    await leaderOf(members);
    const load = new Load({ members, clients: 8, keys: ["a", "b", "c", "d"], gets: 0.3 });
    for (let at = 0; at < count; at++) {
      await leaderOf(members);
      await sleep(1000);
      const leader = await leaderOf(members);
      faults.push(performance.now());
      if (at % 2 === 0) {
        killed++;
        await processes.kill(leader);
        await sleep(200);
        processes.start(leader);
      } else {
        frozen++;
        processes.freeze(leader);
        await sleep(800);
        processes.thaw(leader);
      }
    }
    await leaderOf(members);
    await load.end();
    const terms = Math.max(...(await statuses(members)).map((one) => one?.term ?? 0));
    const { history, acknowledged, lost } = load;
    return {
      killed,
      frozen,
      acknowledged: acknowledged.length,
      operations: history.length,
      lost,
      contradiction: findContradiction(history),
      outages: faults.map((fault) => outageAfter(fault, acknowledged)).sort((a, b) => a - b),
      terms,
      unanswered: load.unanswered,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function outageAfter(
  fault: number,
  writes: readonly { readonly called: number; readonly returned: number }[],
): number {
  const after = writes.filter(({ called }) => called >= fault);
  const first = Math.min(...after.map(({ returned }) => returned));
  return first - fault;
}
