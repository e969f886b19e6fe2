/**
 * Writes the history of a machine until it is killed, resuming where the last run was stopped. Says
 * after each commit how many entries the file has to hold.
 *
 *     deno run -A tests/telemetry/history_writer.ts FILE BATCH
 */
import { Machine } from "../../mod.ts";
import { SqliteHistory } from "../../telemetry/history/sqlite/mod.ts";

const [path, batch] = Deno.args;
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

let committed = 0;
const store = new SqliteHistory(path, {
  batch: Number(batch),
  interval: 1e6,
  onCommit(entries) {
    committed += entries;
    if (ready) say(`${committed}`);
  },
});
let ready = false;
const machine = new Machine({ A: { remove: ["B"] }, B: { remove: ["A"] } }, { id: "writer" });
const time = store.time("writer");
if (time) machine.importTime(time);
const history = store.track(machine);
store.flush();
committed = history.size;
ready = true;
say("ready");
for (;;) machine.add(machine.is("A") ? "B" : "A");
