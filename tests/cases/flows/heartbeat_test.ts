import { assertEquals } from "@std/assert";
import { longWorkOf, SILENCE } from "../../../cases/flows/heartbeat.ts";
import { Scene } from "./with_flows.ts";

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });

/** Ten steps of twenty seconds; hangs at the given ones. */
function tenSteps(hangs: (step: number) => boolean) {
  const steps: number[] = [];
  const work = longWorkOf(async (from, tell, signal) => {
    for (let step = from; step < 10; step++) {
      steps.push(step);
      if (hangs(step)) await wait(1e9, signal);
      await wait(20_000, signal);
      tell(step + 1);
    }
  });
  return { steps, work };
}

Deno.test("work that shows signs of life may last as long as it likes", async () => {
  const { steps, work } = tenSteps(() => false);
  await using scene = await Scene.open({ work });
  const flow = await scene.flows.start("work", "1");
  for (let i = 0; i < 21; i++) await scene.pass(10_000);
  assertEquals(await flow.result(), { step: 10, restarts: 0 });
  assertEquals(steps, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("work that is silent is begun again at the step where it was", async () => {
  let hung = false;
  const { steps, work } = tenSteps((step) => step === 4 && !hung && (hung = true));
  await using scene = await Scene.open({ work });
  const flow = await scene.flows.start("work", "1");
  for (let i = 0; i < 30; i++) await scene.pass(10_000);
  assertEquals(await flow.result(), { step: 10, restarts: 1 });
  assertEquals(steps, [0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9]);
});

Deno.test("work that is always silent is given up, and a restart goes on where it was", async () => {
  const { steps, work } = tenSteps((step) => step === 2);
  await using scene = await Scene.open({ work });
  await scene.flows.start("work", "1");
  for (let i = 0; i < 5; i++) await scene.pass(10_000);
  await using later = await scene.restart();
  for (let i = 0; i < 20; i++) await later.pass(SILENCE / 2);
  assertEquals((await later.flows.list())[0].active, ["Failed"]);
  assertEquals(steps.filter((step) => step < 2), [0, 1]);
});

Deno.test("work that is canceled is aborted", async () => {
  const { steps, work } = tenSteps(() => false);
  await using scene = await Scene.open({ work });
  const flow = await scene.flows.start("work", "1");
  await scene.pass(25_000);
  flow.machine.add("Canceled");
  await scene.pass(100_000);
  assertEquals([(await flow.result()).step, steps], [1, [0, 1]]);
});
