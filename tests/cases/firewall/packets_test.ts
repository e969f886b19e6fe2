/** The flow's machine against the table that says cell by cell what packets do. */
import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Flow } from "../../../cases/firewall/flow.ts";
import type { PacketKind, Place } from "../../../cases/firewall/flow_states.ts";
import { PATIENCE } from "../../../cases/firewall/flow_table.ts";
import { FLAGS, kindOf, PacketFilter } from "../../../cases/firewall/packet_filter.ts";
import {
  type Cells,
  type Kind,
  KINDS,
  ReferenceTable,
  type Row,
  ROWS,
  TABLE,
} from "../../../cases/firewall/reference.ts";
import { differenceIn } from "../../../cases/firewall/comparison.ts";

const KIND_OF: Readonly<Record<Kind, PacketKind>> = {
  ">syn": "Syn",
  ">synAck": "SynAck",
  ">fin": "Fin",
  ">ack": "Ack",
  ">rst": "Rst",
  "<syn": "ReplySyn",
  "<synAck": "ReplySynAck",
  "<fin": "Fin",
  "<ack": "ReplyAck",
  "<rst": "Rst",
};

/** A shortest way into each state, found in the table. */
const WAYS: ReadonlyMap<Row, readonly Kind[]> = (() => {
  const ways = new Map<Row, Kind[]>([["None", []]]);
  for (const [row, way] of ways) {
    for (const kind of KINDS) {
      const to = TABLE[kind][row];
      if (to !== null && !ways.has(to)) ways.set(to, [...way, kind]);
    }
  }
  return ways;
})();

/** A flow that the packets of a way have brought somewhere. */
function flowAt(row: Row): Flow {
  const flow = new Flow("flow");
  for (const kind of WAYS.get(row)!) flow.packet(KIND_OF[kind]);
  return flow;
}

Deno.test("a flow does in each state on each packet what the table says", () => {
  assertEquals([...WAYS.keys()].sort(), [...ROWS].sort());
  for (const row of ROWS) {
    for (const kind of KINDS) {
      const flow = flowAt(row);
      assertEquals(flow.place ?? "None", row);
      const passes = flow.packet(KIND_OF[kind]);
      const to = TABLE[kind][row];
      assertEquals([passes, flow.place ?? "None"], [to !== null, to ?? row], `${row} ${kind}`);
    }
  }
});

Deno.test("a flow is in one place, and half-open exactly before both ends have answered", () => {
  for (const row of ROWS) {
    const flow = flowAt(row);
    const places = flow.activeStates().filter((name) => name in PATIENCE);
    assertEquals(places, row === "None" ? [] : [row]);
    assertEquals(flow.is("HalfOpen"), ["SynSent", "SynBoth", "SynReceived"].includes(row), row);
  }
});

Deno.test("a flow is closed from everywhere when the firewall ends it", () => {
  for (const how of ["TimedOut", "Evicted", "Cut"] as const) {
    for (const row of ROWS) {
      const flow = flowAt(row);
      flow.add(["Closed", how]);
      assertEquals(flow.activeStates(), ["Closed", how], `${row} ${how}`);
    }
  }
});

Deno.test("flags that no end sends are no packet", () => {
  const { syn, ack, fin, rst } = FLAGS;
  for (const flags of [0, fin, syn | fin, syn | rst, syn | fin | ack, fin | rst, 0xff]) {
    assertEquals(kindOf(flags), null, `${flags}`);
  }
  assertEquals([syn, syn | ack, ack, fin | ack, rst, rst | ack, ack | 0x08].map(kindOf), [
    "syn",
    "synAck",
    "ack",
    "fin",
    "rst",
    "rst",
    "ack",
  ]);
});

Deno.test("packet traces: the filter says and knows what the reference table does", () => {
  using time = new FakeTime();
  for (let seed = 1; seed <= 20; seed++) {
    assertEquals(differenceIn(seed, 400, time), null);
  }
});

Deno.test("packet traces: a table with any one cell wrong is noticed", () => {
  using time = new FakeTime();
  const missed: string[] = [];
  for (const kind of KINDS) {
    for (const row of ROWS) {
      // Who is not known has sent the first packet: there is no reply.
      if (row === "None" && kind.startsWith("<")) continue;
      const right = TABLE[kind][row];
      const wrong: Row | null = right === null ? "Closed" : null;
      const cells: Cells = { ...TABLE, [kind]: { ...TABLE[kind], [row]: wrong } };
      let noticed = false;
      for (let seed = 1; seed <= 40 && !noticed; seed++) {
        noticed = differenceIn(seed, 400, time, cells) !== null;
      }
      if (!noticed) missed.push(`${row} ${kind}`);
    }
  }
  assertEquals(missed, []);
});

Deno.test("a filter at its limit of half-open flows drops the oldest, and never an established one", () => {
  const filter = new PacketFilter({ halfOpen: 3, flows: 10 });
  const { syn, ack } = FLAGS;
  const to = "10.0.0.1:80";
  const establish = (from: string) => {
    assert(filter.passes({ from, to, flags: syn }));
    assert(filter.passes({ from: to, to: from, flags: syn | ack }));
    assert(filter.passes({ from, to, flags: ack }));
  };
  establish("a");
  for (const from of ["b", "c", "d", "e", "f"]) assert(filter.passes({ from, to, flags: syn }));
  assertEquals(filter.table.halfOpen, 3);
  const known = [..."abcdef"].filter((from) => filter.table.get(`${from}>${to}`));
  assertEquals(known, ["a", "d", "e", "f"]);
  // An evicted flow's answer comes too late.
  assert(!filter.passes({ from: to, to: "b", flags: syn | ack }));
  filter.table.clear();
  assertEquals([filter.table.size, filter.table.halfOpen, filter.table.waiting], [0, 0, 0]);
});

Deno.test("a filter that is full of established flows takes no more", () => {
  const filter = new PacketFilter({ halfOpen: 10, flows: 2 });
  const { syn, ack } = FLAGS;
  const to = "10.0.0.1:80";
  for (const from of ["a", "b"]) {
    filter.passes({ from, to, flags: syn });
    filter.passes({ from: to, to: from, flags: syn | ack });
    filter.passes({ from, to, flags: ack });
  }
  assertEquals(filter.passes({ from: "c", to, flags: syn }), false);
  assertEquals(filter.table.size, 2);
  filter.table.clear();
});

Deno.test("a reference table forgets what is due", () => {
  const patience: Record<Place, number> = { ...PATIENCE };
  const table = new ReferenceTable(patience);
  table.passes("a", ">syn", 0);
  table.expire(patience.SynSent - 1);
  assertEquals(table.rowOf("a"), "SynSent");
  table.expire(patience.SynSent);
  assertEquals(table.rowOf("a"), "None");
});
