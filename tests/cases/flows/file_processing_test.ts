import { assertEquals, assertRejects } from "@std/assert";
import { fileFlowOf, type Files } from "../../../cases/flows/file_processing.ts";
import { Scene } from "./with_flows.ts";

const INPUT = { url: "https://example.com/a", path: "/tmp/a" };

function disk(overrides: Partial<Files> = {}) {
  const there = new Set<string>();
  const delivered: string[] = [];
  const file = fileFlowOf({
    fetch: (_, path) => Promise.resolve(void there.add(path)),
    process: (path) => Promise.resolve(`work on ${path}`),
    deliver: (result) => Promise.resolve(void delivered.push(result)),
    remove: (path) => Promise.resolve(void there.delete(path)),
    ...overrides,
  });
  return { there, delivered, file };
}

Deno.test("a file that was worked on is delivered once, and the temporary file is gone", async () => {
  const { there, delivered, file } = disk();
  await using scene = await Scene.open({ file });
  const flow = await scene.flows.start("file", "1", INPUT);
  await scene.pass(0);
  assertEquals(await flow.result(), { ...INPUT, result: "work on /tmp/a", delivered: true });
  assertEquals([flow.machine.is("Done"), [...there], delivered], [true, [], ["work on /tmp/a"]]);
});

Deno.test("the temporary file goes when the work fails", async () => {
  const { there, delivered, file } = disk({
    process: () => Promise.reject(new Error("not a picture")),
  });
  await using scene = await Scene.open({ file });
  const flow = await scene.flows.start("file", "1", INPUT);
  await scene.pass(0);
  await assertRejects(() => flow.result(), Error, "not a picture");
  assertEquals([flow.machine.is("Failed"), [...there], delivered], [true, [], []]);
});

Deno.test("the temporary file goes when it is canceled, and what goes on meanwhile is aborted", async () => {
  const aborted: boolean[] = [];
  const { there, file } = disk({
    process: (_, signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(aborted.push(true)))
      ),
  });
  await using scene = await Scene.open({ file });
  const flow = await scene.flows.start("file", "1", INPUT);
  await scene.pass(0);
  assertEquals([flow.machine.is("Processing"), there.size], [true, 1]);
  assertEquals(flow.machine.add("Cancel"), "executed");
  await scene.pass(0);
  assertEquals(flow.machine.add("Cancel"), "canceled");
  assertEquals((await flow.result()).delivered, false);
  assertEquals([flow.machine.is("Failed"), there.size, aborted], [true, 0, [true]]);
});

Deno.test("the temporary file goes after a restart, with a disk that fails at first", async () => {
  let failures = 2;
  const there = new Set<string>();
  let stuck = true;
  const file = fileFlowOf({
    fetch: (_, path) => Promise.resolve(void there.add(path)),
    process: () => stuck ? new Promise(() => {}) : Promise.resolve("done"),
    deliver: () => Promise.resolve(),
    remove: (path) =>
      failures-- > 0 ? Promise.reject(new Error("busy")) : Promise.resolve(void there.delete(path)),
  });
  await using scene = await Scene.open({ file });
  await scene.flows.start("file", "1", INPUT);
  await scene.pass(0);
  stuck = false;
  await using later = await scene.restart();
  await later.pass(60_000);
  assertEquals([(await later.flows.list())[0].active, there.size], [["Done"], 0]);
});
