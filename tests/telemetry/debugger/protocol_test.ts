import { assertEquals, assertThrows } from "@std/assert";
import {
  LIMITS,
  parseFrame,
  parseMessage,
  ProtocolError,
} from "../../../telemetry/debugger/protocol.ts";

const hello = {
  kind: "hello",
  machine: 0,
  version: 1,
  id: "m",
  instance: "i",
  parent: null,
  tags: [],
  names: ["A", "B"],
  states: [{ add: [1] }, {}],
  ticks: [0, 0],
  groups: { g: [0] },
};
const tx = {
  id: 1,
  type: "add",
  called: [0],
  ticks: [0, 1],
  accepted: true,
  queue: 0,
  time: 1,
  duration: 0.5,
  steps: [[0, 0, -1, ""]],
};
const batch = (change: object) => ({
  kind: "batch",
  machine: 0,
  dropped: 0,
  transitions: [{ ...tx, ...change }],
  logs: [[1, 2, 1, "[extern] x"]],
});
const parse = (messages: unknown, states = 2) =>
  parseFrame(JSON.stringify(messages)).map((one) => parseMessage(one, () => states));

Deno.test("parseFrame reads what follows the protocol", () => {
  assertEquals<unknown>(parse([hello, batch({})]), [hello, batch({})]);
  assertEquals<unknown>(parse([{ kind: "dispose", machine: 0 }]), [{
    kind: "dispose",
    machine: 0,
  }]);
});

Deno.test("parseFrame refuses everything else", () => {
  const bad = [
    null,
    [],
    { kind: "x", machine: 0 },
    { ...hello, version: 2 },
    { ...hello, names: ["A", "A"] },
    { ...hello, names: ["A"] },
    { ...hello, states: [{ add: [2] }, {}] },
    { ...hello, groups: { g: [2] } },
    { ...hello, machine: -1 },
    batch({ called: [2] }),
    batch({ ticks: [0] }),
    batch({ ticks: [2, 1] }),
    batch({ queue: -1 }),
    batch({ type: "y" }),
    batch({ time: "now" }),
    batch({ time: LIMITS.time + 1000 }),
    batch({ time: -LIMITS.time - 1000 }),
    batch({ duration: -1 }),
    batch({ queue: LIMITS.queue + 1 }),
    batch({ args: { ["x".repeat(LIMITS.text + 1)]: "" } }),
    { ...batch({}), sent: -1 },
    { ...batch({}), logs: [[1, LIMITS.time * 2, 1, "x"]] },
    batch({ steps: [[99, 0, -1, ""]] }),
    batch({ steps: [[0, 0, 2, ""]] }),
    batch({ args: { a: 1 } }),
    batch({ source: ["m"] }),
    batch({ refusedBy: "x".repeat(LIMITS.text + 1) }),
    { ...batch({}), logs: [[1]] },
  ];
  for (const value of bad) assertThrows(() => parse([value]), ProtocolError);
  // JSON has no infinity, but a number that is as good as one.
  const endless = JSON.stringify([batch({})]).replace('"time":1', '"time":1e999');
  assertThrows(
    () => parseMessage(parseFrame(endless)[0], () => 2),
    ProtocolError,
    "no possible time",
  );
  assertThrows(() => parse({}), ProtocolError, "not a list");
  assertThrows(() => parseFrame('[{"kind":'), ProtocolError, "not JSON");
  assertThrows(() => parse([batch({})], 0), ProtocolError, "hello");
  assertThrows(() => parseFrame(" ".repeat(LIMITS.frame + 1)), ProtocolError, "too long");
});
