import { assertEquals, assertThrows } from "@std/assert";
import { parseMessage, ProtocolError } from "../../telemetry/protocol.ts";

const hello = { kind: "hello", version: 1, id: "m", parent: null, tags: [], states: ["A", "B"] };
const tx = {
  id: "t",
  type: "add",
  called: [0],
  ticks: [0, 1],
  accepted: true,
  auto: false,
  queue: 0,
  time: 1,
};
const batch = (change: object) => ({
  kind: "batch",
  dropped: 0,
  transitions: [{ ...tx, ...change }],
});

Deno.test("parseMessage reads what follows the protocol", () => {
  assertEquals<unknown>(parseMessage(JSON.stringify(hello), 0), hello);
  assertEquals<unknown>(parseMessage(JSON.stringify(batch({})), 2), batch({}));
});

Deno.test("parseMessage refuses everything else", () => {
  const bad = [
    null,
    [],
    { kind: "x" },
    { ...hello, version: 2 },
    { ...hello, states: ["A", "A"] },
    batch({ called: [2] }),
    batch({ ticks: [0] }),
    batch({ ticks: [2, 1] }),
    batch({ queue: -1 }),
    batch({ type: "y" }),
  ];
  for (const value of bad) {
    assertThrows(() => parseMessage(JSON.stringify(value), 2), ProtocolError);
  }
  assertThrows(() => parseMessage('{"kind":', 2), ProtocolError, "not JSON");
  assertThrows(() => parseMessage(JSON.stringify(batch({})), 0), ProtocolError, "hello");
});
