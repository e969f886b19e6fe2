/**
 * Drives a packet trace through the filter and through the reference table, on a fake clock, and tells
 * the first difference.
 *
 * @module
 */
import { PATIENCE } from "./flow_table.ts";
import { kindOf, PacketFilter } from "./packet_filter.ts";
import { type Cells, type Kind, ReferenceTable, TABLE } from "./reference.ts";
import { trace } from "./traces.ts";

/** What is needed of a fake clock. */
export interface FakeClock {
  /** Moves it, and runs what is due. */
  tick(ms?: number): unknown;
  /** Its time. */
  readonly now: number;
}

/**
 * The wheel is exact here, because all pauses and all patience are multiples of its tick. Few slots: long
 * times are looked at several times.
 */
const TICK = 500;
const WHEEL = { tick: TICK, slots: 64 };

/** The first difference in a trace, as a sentence; `null` when there is none. */
export function differenceIn(
  seed: number,
  packets: number,
  clock: FakeClock,
  cells: Cells = TABLE,
): string | null {
  const filter = new PacketFilter({ patience: PATIENCE, wheel: WHEEL });
  const reference = new ReferenceTable(PATIENCE, cells);
  try {
    let n = 0;
    clock.tick(TICK - clock.now % TICK);
    for (const packet of trace(seed, packets)) {
      n++;
      if (packet.pause > 0) {
        clock.tick(packet.pause);
        reference.expire(clock.now);
      }
      const kind = kindOf(packet.flags);
      const forward = `${packet.from}>${packet.to}`;
      const backward = `${packet.to}>${packet.from}`;
      const reply = filter.table.get(forward) === undefined &&
        filter.table.get(backward) !== undefined;
      const key = reply ? backward : forward;
      const named = kind === null ? null : `${reply ? "<" : ">"}${kind}` as Kind;
      const before = reference.rowOf(key);
      const expected = [
        named !== null && reference.passes(key, named, clock.now),
        reference.rowOf(key),
        reference.size,
      ];
      const passed = filter.passes(packet);
      const seen = [passed, filter.table.get(key)?.place ?? "None", filter.table.size];
      if (expected.join() !== seen.join()) {
        return `seed ${seed}, packet ${n}: ${key} in ${before} got ${named}: ` +
          `expected ${expected.join()}, seen ${seen.join()}`;
      }
    }
    return null;
  } finally {
    filter.table.clear();
  }
}
