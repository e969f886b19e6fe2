/** A machine with one handler and four mutations, when its schema is written once and each time. */
import { literal, live, shared } from "./growth/machines.ts";

for (const [name, make] of Object.entries({ shared, literal })) {
  Deno.bench({
    name: name === "shared" ? "one schema object" : "a literal in a function",
    group: "a machine, one handler, four mutations",
    baseline: name === "shared",
    fn: () => void live(make),
  });
}
