import { printableJson } from "../../text/printable_json.ts";
import { ERROR } from "./chunk.ts";
import { causeOf } from "./causes.ts";
import type { ClientData } from "./client_data.ts";
import { cut } from "./log_view.ts";
import type { Store } from "./store.ts";

/** What is copied as a test. */
export interface CopyOptions {
  /** The first transition, by number. @default the first one that is kept */
  readonly from?: number;
  /** The last one. @default the last one */
  readonly to?: number;
  /** Where the test imports the library from. */
  readonly library?: string;
}

/** Transitions of one test. */
const MOST = 5000;

/**
 * Transitions of a machine as the text of a test: the schema, the mutations that came from outside or
 * from handlers, and the states after each. What the machine does by itself (auto states, events that
 * leave) follows from the schema; timeouts are mutations, since no time passes; a handler that refused
 * refuses again.
 *
 * @throws {RangeError} If there is no such transition, there are too many, or some between were lost.
 */
export function copiedTest(store: Store, client: ClientData, options: CopyOptions = {}): string {
  const { hello } = client;
  const { library = "@asyncmachine/asyncmachine" } = options;
  const rowOf = (id: number) => {
    const row = client.rowOf(id);
    if (row === -1) throw new RangeError(`Transition ${id} is not here`);
    return row;
  };
  const first = options.from === undefined ? client.first : rowOf(options.from);
  const last = options.to === undefined ? client.end - 1 : rowOf(options.to);
  if (last < first) throw new RangeError("There is no transition to copy");
  if (last - first >= MOST) throw new RangeError(`A test has ${MOST} transitions at most`);
  const ticks = client.ticksAt(first);
  const name = (i: number) => hello.names[i];
  const schema = hello.names.map((state, i) => {
    const { auto, multi, event, add, remove, require, after } = hello.states[i];
    const lists = Object.entries({ add, remove, require, after })
      .filter(([, list]) => list?.length).map(([key, list]) => [key, list!.map(name)]);
    const fields = { auto, multi, event, ...Object.fromEntries(lists) };
    return `  ${printableJson(state)}: ${printableJson(fields)},`;
  });
  const begin = printableJson(Object.fromEntries(hello.names.map((state, i) => [state, ticks[i]])));
  const steps: string[] = [];
  const refusers = new Set<string>();
  let open: { call: string; refuse: string[]; said: string; result: string } | null = null;
  const close = () => {
    if (open === null) return;
    const active = hello.names.filter((_, i) => ticks[i] % 2 === 1);
    const { call, refuse, said, result } = open;
    steps.push(
      `  // ${said}`,
      ...(refuse.length > 0 ? [`  refuse = ${printableJson(refuse)};`] : []),
      `  assert.equal(${call}, ${printableJson(result)});`,
      `  assert.deepEqual(machine.activeStates().sort(), ${printableJson(active.sort())});`,
    );
    open = null;
  };
  for (let row = first; row <= last; row++) {
    const tx = client.row(row);
    if (tx.check) continue;
    if (tx.type === "jump") throw new RangeError("Transitions are lost in between: copy fewer");
    const cause = causeOf(store, client, row);
    // What a handler has thrown comes again when it throws again.
    const thrown = cause?.how === "error" && open?.refuse.includes(`!${tx.source![2]}`);
    const own = cause?.how === "auto" || cause?.how === "event" || thrown;
    if (!own || open === null) {
      close();
      const called = printableJson(tx.called.map(name));
      const error = (client.flags(row) & ERROR) !== 0
        ? `, { err: new Error(${printableJson(cut(tx.err?.message ?? "", 500))}) }`
        : "";
      const why = cause === null ? "" : ` by ${cause.machine} #${cause.transition} ${cause.text}`;
      open = {
        call: `machine.${tx.type}(${called}${error})`,
        refuse: [],
        said: printableJson(`#${tx.id}${why}`).slice(1, -1),
        result: tx.accepted ? "executed" : "canceled",
      };
    }
    if (tx.refusedBy !== undefined) {
      const next = row < client.end - 1 ? client.row(row + 1) : null;
      const threw = next?.err !== undefined && next.source?.[1] === tx.id &&
        next.source[2] === tx.refusedBy;
      refusers.add(tx.refusedBy);
      open.refuse.push(threw ? `!${tx.refusedBy}` : tx.refusedBy);
    }
    for (let i = 0; i < tx.deltas.length; i += 2) ticks[tx.deltas[i]] += tx.deltas[i + 1];
  }
  close();
  const handlers = [...refusers].map((one) =>
    `  ${printableJson(one)}: () => handle(${printableJson(one)}),`
  );
  const helper = refusers.size === 0 ? [] : [
    "",
    "/** What refuses, or with ! throws, in the next mutation, in this order. */",
    "let refuse: string[] = [];",
    "function handle(name: string): boolean {",
    "  if (refuse[0] !== name && refuse[0] !== `!${name}`) return true;",
    '  if (refuse.shift()!.startsWith("!")) throw new Error(name);',
    "  return false;",
    "}",
  ];
  return [
    'import assert from "node:assert/strict";',
    `import { Machine } from ${printableJson(library)};`,
    "",
    "const schema: Record<string, object> = {",
    ...schema,
    "};",
    ...helper,
    "",
    `Deno.test(${printableJson(`${hello.id}: as it was recorded`)}, () => {`,
    `  using machine = new Machine(schema, { id: ${
      printableJson(hello.id)
    }, printErrors: false });`,
    ...(handlers.length > 0
      ? ["  machine.bindHandlers({", ...handlers.map((one) => `  ${one}`), "  });"]
      : []),
    `  const begin = ${begin};`,
    '  machine.importTime({ ...machine.exportTime(), schemaHash: "recorded" }, () => begin);',
    ...steps,
    "});",
    "",
  ].join("\n");
}
