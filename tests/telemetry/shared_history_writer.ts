/**
 * One of several processes that write into one history.
 *
 *     deno run -A tests/telemetry/shared_history_writer.ts FILE ID MILLISECONDS close|exit|throw|stay
 */
import { Machine } from "../../mod.ts";
import { SqliteHistory } from "../../telemetry/history/sqlite/mod.ts";

const [path, id, duration, ending] = Deno.args;
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

let written = 0;
const store = new SqliteHistory(path, {
  batch: 50,
  interval: 20,
  timeout: 60_000,
  onCommit: (entries) => say(String(written += entries)),
});
const machine = new Machine({ Foo: { multi: true } }, { id });
store.track(machine);
for (const end = performance.now() + Number(duration); performance.now() < end;) {
  for (let i = 0; i < 60; i++) machine.add("Foo");
  await new Promise((resolve) => setTimeout(resolve, 1));
}
if (ending === "close") store.close();
else if (ending === "exit") Deno.exit();
else if (ending === "throw") throw new Error("on purpose");
else await new Promise((resolve) => setTimeout(resolve, 600_000));
