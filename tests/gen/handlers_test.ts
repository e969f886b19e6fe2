import { assertEquals, assertStringIncludes } from "@std/assert";
import { gen, inFolder, ROOT, run } from "./run_gen.ts";

/** All that a state may say. */
const STATES = `
import { args, defineSchema, exclusive, returns } from "${ROOT}/mod.ts";
export const schema = defineSchema({
  ...exclusive({ Idle: { timeouts: { Busy: 5 } }, Busy: {}, "not a name": {} }),
  Must: { event: true, require: ["Idle"], args: args.required<{ id: number }>() },
  May: { args: args<{ text: string }>() },
  Either: { multi: true, args: args<{ a: 1 } | { b: 2 }>() },
  Price: { event: true, args: args<{ id: number }>(), returns: returns<number>() },
  Search: { multi: "latest", returns: returns<string[]>() },
  Auto: { auto: true, after: ["May"] },
});
`;

/** Binds what was made, in all the ways in which handlers are bound. */
const USE = `
import { Machine } from "${ROOT}/mod.ts";
import { MachineHandlers } from "./handlers.ts";
import { schema } from "./states.ts";
const handlers = new MachineHandlers();
const machine = new Machine(schema, { printErrors: false });
machine.bindHandlers(handlers);
const mine = { PriceState: (e: Parameters<MachineHandlers["PriceState"]>[0]) => e.args.id ?? 0 };
machine.bindHandlers(mine);
machine.add(["May", "Search", "Idle"]);
machine.add("Must", { id: 1 });
await machine.ask("Price", { id: 3 }).then(console.log, (error) => console.log(error.message));
machine.dispose();
`;

Deno.test("gen handlers makes stubs that can be bound, whatever the states say", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/states.ts`, STATES);
    await Deno.writeTextFile(`${folder}/use.ts`, USE);
    const made = await gen(
      ["handlers", "states.ts", "--library", `${ROOT}/mod.ts`, "--out", "handlers.ts"],
      { cwd: folder },
    );
    assertEquals([made.code, made.err], [0, ""]);
    const checked = await run(Deno.execPath(), ["check", `${folder}/use.ts`]);
    assertEquals(checked.code, 0, checked.err);
    const linted = await run(Deno.execPath(), ["lint", `${folder}/handlers.ts`]);
    assertEquals(linted.code, 0, linted.err);
    const text = await Deno.readTextFile(`${folder}/handlers.ts`);
    assertStringIncludes(text, "adds Busy after 5 ms");
    const used = await run(Deno.execPath(), ["run", "--no-check", `${folder}/use.ts`]);
    // A stub that was asked says that it is one, instead of giving a wrong answer.
    assertEquals([used.code, used.out], [0, "PriceState is not written yet\n"], used.err);
  });
});
