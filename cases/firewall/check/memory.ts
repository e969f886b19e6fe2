import type { Claims } from "../../claims.ts";
import { FLAGS, PacketFilter } from "../packet_filter.ts";

/** What a flow may take, everything included: machine, key, place in the table and in the wheel. */
const GOAL = 1000;

const { syn, ack, fin } = FLAGS;
const SERVER = "10.0.0.1:443";

const clientOf = (n: number) =>
  `10.${n >> 16 & 255}.${n >> 8 & 255}.${n & 255}:${1024 + n % 60_000}`;

/** What a flow's packets are: whether the client sends, and the flags. */
const OPENING = [[true, syn], [false, syn | ack], [true, ack]] as const;
const CLOSING = [[true, fin | ack], [false, ack], [false, fin | ack], [true, ack]] as const;

function send(filter: PacketFilter, n: number, packets: readonly (readonly [boolean, number])[]) {
  const client = clientOf(n);
  for (const [fromClient, flags] of packets) {
    const [from, to] = fromClient ? [client, SERVER] : [SERVER, client];
    if (!filter.passes({ from, to, flags })) throw new Error(`a packet of ${client} was dropped`);
  }
}

/** A packet of data. */
const ACK = [true, ack] as const;

/** Bytes of the heap in use, after collecting. Needs `--expose-gc`. */
function used(): number {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("run with --v8-flags=--expose-gc");
  for (let i = 0; i < 4; i++) gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Many established flows at once, and packets through them. */
export function memory(claims: Claims, flows = 100_000): void {
  const filter = new PacketFilter({ flows, halfOpen: 1000 });
  for (let n = 0; n < 1000; n++) send(filter, n, [...OPENING, ...CLOSING]); // warm
  filter.table.clear();
  const before = used();
  for (let n = 0; n < flows; n++) send(filter, n, OPENING);
  const each = (used() - before) / flows;
  claims.check(
    `${flows} established flows: bytes per flow ≤ ${GOAL}`,
    each <= GOAL && filter.table.size === flows,
    `${each.toFixed(0)} (${filter.table.size} flows)`,
  );
  const rate = (packets: typeof CLOSING | readonly [typeof ACK]) => {
    const start = performance.now();
    for (let n = 0; n < flows; n++) send(filter, n, packets);
    return (flows * packets.length / (performance.now() - start) * 1000).toFixed(0);
  };
  // Each of the closing packets is a transition, data is none.
  const [data, closing] = [rate([ACK]), rate(CLOSING)];
  console.log(
    `        through ${flows} flows in turn: ${data} packets/s of data, ${closing} transitions/s`,
  );
  filter.table.clear();
}

/** So many flows one after another, some of which never end well: nothing may stay. */
export function leak(claims: Claims, flows: number): void {
  const filter = new PacketFilter({ flows: 10_000, halfOpen: 100 });
  const run = (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      // Every tenth is abandoned half-open and has to make room; others close, or are cut.
      if (n % 10 === 0) send(filter, n, OPENING.slice(0, 1));
      else {
        send(filter, n, n % 3 === 0 ? OPENING : [...OPENING, ...CLOSING]);
        filter.table.end(filter.table.get(`${clientOf(n)}>${SERVER}`)!, "Cut");
      }
    }
    filter.table.clear();
  };
  run(0, 10_000);
  const before = used();
  const start = performance.now();
  run(0, flows);
  const seconds = (performance.now() - start) / 1000;
  const grown = used() - before;
  const { size, halfOpen, waiting } = filter.table;
  claims.check(
    `no flow is left after ${flows}`,
    size + halfOpen + waiting === 0 && grown < 1_000_000,
    `${size} flows, ${halfOpen} half-open, ${waiting} time limits, heap ${
      (grown / 1000).toFixed(0)
    } kB more; ${(flows / seconds).toFixed(0)} flows/s`,
  );
}
