/**
 * Prints the bytes that a machine of 10 states takes, 10,000 of them made from one schema object.
 *
 *     deno run -A --v8-flags=--expose-gc bench/memory.ts
 */
import { createActor, createMachine } from "xstate";
import { Machine, type Schema } from "../mod.ts";

const COUNT = 10_000;
const LIMIT = 800;
const names = Array.from({ length: 10 }, (_, i) => `S${i}`);
const collect = (globalThis as { gc?: () => void }).gc;
if (!collect) throw new Error("Run with --v8-flags=--expose-gc");

function bytesPer(make: () => unknown): number {
  make(); // what is shared is not counted
  const kept: unknown[] = new Array(COUNT).fill(null);
  collect!();
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < COUNT; i++) kept[i] = make();
  collect!();
  const bytes = (Deno.memoryUsage().heapUsed - before) / COUNT;
  if (kept.length !== COUNT) throw new Error("unreachable, but keeps the list alive");
  return Math.round(bytes);
}

const schema: Schema = Object.fromEntries(names.map((name) => [name, { remove: names }]));
const ours = bytesPer(() => {
  const machine = new Machine(schema);
  machine.add("S1");
  return machine;
});
const definition = createMachine({
  initial: "S0",
  states: Object.fromEntries(names.map((name) => [name, { on: { next: "S1" } }])),
});
const xstate = bytesPer(() => {
  const actor = createActor(definition);
  actor.start();
  actor.send({ type: "next" });
  return actor;
});
console.log(`ours   ${ours} bytes per machine (goal: at most ${LIMIT})`);
console.log(`xstate ${xstate} bytes per machine`);
if (ours > LIMIT) Deno.exit(1);
