import { seededRandom } from "../seeded_random.ts";
import { FLAGS, type Packet } from "./packet_filter.ts";

/** A packet and the pause before it, in milliseconds. */
export interface TracedPacket extends Packet {
  /** How long after the packet before it. */
  readonly pause: number;
}

const { syn, ack, fin, rst } = FLAGS;
/** A connection as it should be: whether the client sends, and the flags. */
const SESSION: readonly (readonly [client: boolean, flags: number])[] = [
  [true, syn],
  [false, syn | ack],
  [true, ack],
  [true, ack],
  [false, ack],
  [true, fin | ack],
  [false, ack],
  [false, fin | ack],
  [true, ack],
];
/** All that can be in a header: also what no end sends. */
const ANY = [
  syn,
  syn | ack,
  ack,
  fin | ack,
  rst,
  rst | ack,
  0,
  syn | fin,
  fin,
  fin | syn | rst | ack,
];
/** Pauses: mostly short, sometimes so long that some states have timed out; whole seconds. */
const PAUSES = [1000, 1000, 1000, 2000, 5000, 15_000, 45_000, 90_000, 150_000];

/**
 * Packets of many connections at once: whole sessions, interleaved, with packets lost, repeated, out of
 * order, reset, half-open ones and plain noise.
 */
export function* trace(seed: number, packets: number): Generator<TracedPacket> {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const server = "10.0.0.1:80";
  const open = new Map<string, [client: boolean, flags: number][]>();
  for (let n = 0; n < packets; n++) {
    const client = `192.0.2.${1 + Math.floor(random() * 3)}:${1000 + Math.floor(random() * 4)}`;
    let rest = open.get(client);
    if (!rest?.length) {
      rest = SESSION.map(([from, flags]) => [from, flags]);
      if (random() < 0.2) rest.splice(1, 0, [false, syn]); // both open
      if (random() < 0.2) rest.splice(1); // half-open
      else if (random() < 0.5) {
        // As far as here in order, and then anything.
        rest.splice(1 + Math.floor(random() * rest.length));
        for (let i = 0; i < 3; i++) rest.push([random() < 0.5, pick(ANY)]);
      }
      open.set(client, rest);
    }
    let [fromClient, flags] = rest[0];
    const fate = random();
    if (fate < 0.05) [fromClient, flags] = [random() < 0.5, pick(ANY)]; // noise
    else if (fate < 0.1 && rest.length > 1) [fromClient, flags] = rest.splice(1, 1)[0]; // too early
    else if (fate < 0.13) rest.shift(); // lost on the way to the firewall: seen, but not forwarded
    else if (fate > 0.18) rest.shift(); // else it comes again
    yield {
      from: fromClient ? client : server,
      to: fromClient ? server : client,
      flags,
      pause: random() < 0.05 ? pick(PAUSES) : 0,
    };
  }
}
