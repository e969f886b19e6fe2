/** Ten gossipsub nodes and ten hosts, 100 messages, for each twin: `deno task interop`. */
import { createHost } from "../host/machine_host.ts";
import { createPlainHost } from "../host/plain_host.ts";
import { interop } from "./swarm.ts";

if (import.meta.main) {
  let failed = false;
  for (const [kind, make] of [["machine", createHost], ["plain", createPlainHost]] as const) {
    const result = await interop({ each: 10, messages: 100, make });
    console.log(`${kind}: of ${result.messages} messages`);
    console.log(`  gossipsub nodes got ${result.gossipsub.join(" ")}`);
    console.log(`  our hosts got       ${result.hosts.join(" ")}; twice: ${result.twice}`);
    const all = [...result.gossipsub, ...result.hosts];
    failed ||= result.twice > 0 || all.some((count) => count !== result.messages);
  }
  Deno.exit(failed ? 1 : 0);
}
