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

/** An error with so many causes. */
const caused = (causes: number): object =>
  causes === 0
    ? { name: "E", message: "m" }
    : { name: "E", message: "m", stack: "at x", cause: caused(causes - 1) };

Deno.test("parseFrame reads what follows the protocol", () => {
  assertEquals<unknown>(parse([hello, batch({})]), [hello, batch({})]);
  const second = {
    ...hello,
    version: 2,
    args: true,
    states: [{ multi: true, latest: true, timeouts: [1, 500] }, { event: true }],
  };
  const full = batch({
    ...{ timeout: "A", waited: 2.5, behind: 3, took: [0, 0.25], err: caused(LIMITS.causes) },
  });
  assertEquals<unknown>(parse([second, full]), [second, full]);
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
    { ...hello, version: 3 },
    { ...hello, version: "1" },
    { ...hello, args: 1 },
    { ...hello, states: [{ event: 1 }, {}] },
    { ...hello, states: [{ timeouts: [0] }, {}] },
    { ...hello, states: [{ timeouts: [2, 100] }, {}] },
    { ...hello, states: [{ timeouts: [0, -1] }, {}] },
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
    batch({ timeout: 1 }),
    batch({ waited: -1 }),
    batch({ behind: 0.5 }),
    batch({ took: [-1] }),
    batch({ took: 1 }),
    batch({ err: "x" }),
    batch({ err: { name: "E" } }),
    batch({ err: { name: "E", message: "x".repeat(LIMITS.text + 1) } }),
    batch({ err: caused(LIMITS.causes + 1) }),
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
