/**
 * The debugger's model with many transitions, and what tracing costs a machine:
 * `deno run -A bench/dbg_model.ts [transitions]`.
 */
import process from "node:process";
import { exportFile, importFile } from "../dbg/files.ts";
import { initialModel, Store, update, view } from "../dbg/model/mod.ts";
import { Machine } from "../mod.ts";
import { connectDebugger } from "../telemetry/mod.ts";
import type { WireTransition } from "../telemetry/debugger/protocol.ts";

const count = Number(Deno.args[0] ?? 1_000_000);
const names = [...Array.from({ length: 39 }, (_, i) => `State${i}`), "Exception"];
const store = new Store({ maxMemory: 2e9 });
const client = store.hello({
  kind: "hello",
  machine: 0,
  version: 2,
  id: "m",
  instance: "i",
  parent: null,
  tags: [],
  names,
  states: names.map(() => ({})),
  ticks: names.map(() => 0),
  groups: { few: [1, 2, 3] },
});

function timed(name: string, work: () => void): void {
  const start = performance.now();
  const before = process.cpuUsage();
  work();
  const took = (performance.now() - start).toFixed(1);
  const { user, system } = process.cpuUsage(before);
  console.log(`${name}: ${took} ms (${((user + system) / 1000).toFixed(1)} ms of CPU)`);
}

const ticks = names.map(() => 0);
timed(`record ${count}`, () => {
  for (let id = 1; id <= count;) {
    const transitions: WireTransition[] = [];
    for (let n = 0; n < 500 && id <= count; n++, id++) {
      const state = id % 40;
      transitions.push({
        id,
        type: "add",
        called: [state],
        ticks: [state, ++ticks[state]],
        accepted: id % 10 > 0,
        queue: 0,
        time: id,
        duration: 0.1,
        steps: [
          [0, state, -1, ""],
          ...(id % 10 === 0 ? [[3, state, 1, ""] as const] : []),
          [7, state, -1, `State${state}State`],
          [4, state, -1, ""],
        ],
        took: [0.05],
        source: id > 1 ? ["m", id - 1, `State${(id - 1) % 40}State`] : undefined,
        args: { id: `peer-${id % 1000}`, body: `GET /page/${id} HTTP/1.1` },
        ...(state === 39 && {
          err: {
            name: "RangeError",
            message: `page ${id % 50}`,
            stack: "at fetch (/app/x.ts:3:9)",
          },
        }),
      });
    }
    store.batch(client, { kind: "batch", machine: 0, dropped: 0, transitions, logs: [] });
  }
});
const viewport = { log: 40, rain: 40, matrixRows: 40, matrixColumns: 40, timeline: 200 };
let model = update(initialModel(store), { kind: "received" });
const does = (name: string, message: Parameters<typeof update>[1]) =>
  timed(name, () => {
    model = update(model, message);
    view(model, viewport);
  });
does("jump to the middle", { kind: "position", position: count / 2 });
does("jump to a number", { kind: "transition", id: Math.floor(count * 0.9) });
does("filter", { kind: "filter", name: "canceled" });
does("group", { kind: "group", group: "few" });
does("search", { kind: "search", text: "State17", in: "transitions" });
does("search wide", { kind: "search", text: "State", in: "transitions" });
does("next match", { kind: "match", by: 1 });
does("next error", { kind: "error", by: -1 });
does("rain", { kind: "layout", layout: "tree-rain" });
does("log", { kind: "layout", layout: "tree-log" });
/** What has to be there within 200 ms, with nothing worked out before. */
for (
  const [name, message] of [
    ["why, of the last one", { kind: "last" }],
    ["why", { kind: "answer", layout: "tree-why" }],
    ["why, of a refused one", { kind: "transition", id: Math.floor(count / 20) * 10 }],
    ["errors", { kind: "answer", layout: "errors" }],
    ["errors again", { kind: "cursor", by: 1, on: "errors" }],
    ["next error", { kind: "error", by: -1 }],
    ["search everything: a state", { kind: "search", text: "State17", in: "transitions" }],
    ["search: arguments, one", { kind: "search", text: `/page/${count - 5} H`, in: "transitions" }],
    ["search: arguments, all", { kind: "search", text: "http/1.1", in: "transitions" }],
    ["search: nothing", { kind: "search", text: "käse", in: "transitions" }],
    ["found", { kind: "answer", layout: "found" }],
    ["next match", { kind: "match", by: 1 }],
    ["time", { kind: "layout", layout: "time" }],
    ["time, all of it", { kind: "timeWindow", from: 0, span: count }],
    ["time, a tenth", { kind: "timeWindow", from: count / 2, span: count / 10 }],
  ] as const
) does(name, message);
const file = await Deno.makeTempFile({ suffix: ".jsonl.gz" });
for (
  const [name, work] of [
    ["export", () => exportFile(store, file)],
    ["import", () => importFile(new Store({ maxMemory: 2e9 }), file)],
  ] as const
) {
  // A screen is drawn meanwhile: how long it has to wait at most counts as well.
  let last = performance.now(), longest = 0;
  const waiting = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 5);
    last = performance.now();
  }, 5);
  const start = performance.now();
  await work();
  const took = performance.now() - start;
  clearInterval(waiting);
  console.log(`${name}: ${took.toFixed(0)} ms, other work waits ${longest.toFixed(0)} ms at most`);
}
console.log(`file: ${((await Deno.stat(file)).size / 1e6).toFixed(0)} MB`);
await Deno.remove(file);
console.log(`memory: ${(store.memory / 1e6).toFixed(0)} MB by the store's count`);

const schema = { A: { add: ["B"] }, B: {}, C: { remove: ["A"] } } as const;
function perTransition(machine: { add(state: "A" | "C"): unknown }): number {
  const start = performance.now();
  for (let i = 0; i < 5000; i++) machine.add(i % 2 ? "A" : "C");
  return (performance.now() - start) / 5;
}
for (const traced of ["nothing", "an empty tracer with steps", "the debugger's client"]) {
  const figures: number[] = [];
  for (let round = 0; round < 8; round++) {
    const machine = new Machine(schema);
    const connection = traced.startsWith("the")
      ? connectDebugger(machine, { url: "ws://127.0.0.1:9" })
      : null;
    if (traced.startsWith("an")) machine.addTracer({ steps: true, transitionEnd() {} });
    figures.push(perTransition(machine));
    connection?.close();
  }
  console.log(`${traced}: ${figures.sort((a, b) => a - b)[4].toFixed(2)} us per transition`);
}
