import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

/** Flows that sleep, in a process of its own with a forced collection. */
const PROGRAM = `
import { defineFlow, MemoryStore, openFlows } from ${
  JSON.stringify(new URL("../../durable/mod.ts", import.meta.url).href)
};

const kind = defineFlow({
  schema: { Waiting: { timeouts: { Over: 400 } }, Over: {} },
  data: () => ({}),
  start: "Waiting",
  ends: ["Over"],
});
const flows = await openFlows(new MemoryStore(), { kind }, { idle: 1 });
const forgotten = [];
for (let i = 0; i < 100; i++) {
  forgotten.push(new WeakRef(await flows.start("kind", "f" + i)));
}
let settled = 0;
// Nothing but the promises is kept of these.
for (let i = 0; i < 10; i++) {
  (await flows.start("kind", "r" + i)).result().then(() => settled++);
}
const late = await flows.start("kind", "late");
await new Promise((resolve) => setTimeout(resolve, 50));
late.result().then(() => settled++); // asleep by now
for (let i = 0; i < 5; i++) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  gc();
}
const left = forgotten.filter((ref) => ref.deref() !== undefined).length;
while ((await flows.list({ ended: true })).length < 111) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await new Promise((resolve) => setTimeout(resolve, 0));
console.log(JSON.stringify({ left, settled, live: flows.stats.live }));
await flows.close();
`;

Deno.test("flows that sleep are forgotten unless somebody waits for their end", async () => {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dir}/program.ts`, PROGRAM);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      "--config",
      fileURLToPath(new URL("../../deno.json", import.meta.url)),
      "--v8-flags=--expose-gc",
      `${dir}/program.ts`,
    ],
  }).output();
  await Deno.remove(dir, { recursive: true });
  const said = new TextDecoder().decode(stdout);
  const { left, settled, live } = JSON.parse(said || "{}");
  assertEquals(
    { forgotten: left <= 1, settled, live },
    { forgotten: true, settled: 11, live: 0 },
    new TextDecoder().decode(stderr) + said,
  );
});
