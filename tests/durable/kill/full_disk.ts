/** A flow that stores more and more, until the disk is full: `deno run -A full_disk.ts FILE`. */
import { args } from "../../../mod.ts";
import { defineFlow, openFlows, SqliteStore } from "../../../durable/mod.ts";

/** A flow whose data grow. */
export const log = defineFlow({
  schema: { Open: {}, Line: { event: true, args: args<{ text: string }>() }, Over: {} },
  data: () => ({ lines: [] as string[] }),
  start: "Open",
  ends: ["Over"],
  handlers: { LineState: (e) => void e.flow.data.lines.push(e.args.text!) },
});

if (import.meta.main) {
  const flows = await openFlows(new SqliteStore(Deno.args[0]), { log }, { lease: 300 });
  const flow = await flows.start("log", "1");
  let stored = 0;
  try {
    for (; stored < 10_000; stored++) {
      await flow.ask("Line", { text: "x".repeat(2_000) });
    }
  } catch (error) {
    console.log(`stored ${stored}, then ${error}`);
  }
  Deno.exit(0);
}
