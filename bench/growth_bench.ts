/** The work of `growth.ts`, small and large, under `deno bench`. */
import { WORK } from "./growth/mod.ts";

for (const { name, small, large, make } of WORK) {
  for (const n of [small, large]) {
    Deno.bench({
      name: n.toLocaleString("en"),
      group: name,
      baseline: n === small,
      // What is prepared is not timed, but takes its time: a few runs each.
      n: 10,
      warmup: 3,
      async fn(b) {
        const run = make(n);
        b.start();
        await run();
        b.end();
      },
    });
  }
}
