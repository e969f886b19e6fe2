/**
 * A machine that is always busy, with its metrics on port 9464.
 *
 *     deno run -A deploy/example.ts [PORT] [ADDRESS]
 *
 * It listens on loopback only, unless an address is given: of Docker's bridge, for example, when what
 * scrapes it runs in a container. 0.0.0.0 shows it to the whole network.
 */
import { Machine } from "../mod.ts";
import { bindMachine, metricsHandler } from "../telemetry/prometheus/mod.ts";

const machine = new Machine({
  Idle: { auto: true, remove: ["Working"] },
  Working: { remove: ["Idle"] },
  Fetched: { multi: true, require: ["Working"] },
}, { id: "example", printErrors: false });
machine.bindHandlers({
  IdleEnter: () => machine.not("Working"),
  WorkingState: (e) => void e.add("Fetched", { at: Date.now() }),
  FetchedState() {
    if (Math.random() < 0.05) throw new Error("an example of an error");
  },
});
bindMachine(machine, { states: true });
setInterval(() => {
  for (let n = 20 + 15 * Math.sin(Date.now() / 3000); n > 0; n--) {
    machine.remove(["Exception"]);
    machine.add("Working");
    machine.remove("Working");
  }
}, 50);
const [port = "9464", hostname = "127.0.0.1"] = Deno.args;
Deno.serve({ port: Number(port), hostname }, metricsHandler());
