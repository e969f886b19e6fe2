import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { createExpense } from "../../examples/expense.ts";
import { createFileWorkflow } from "../../examples/file_processing.ts";

function expense(failures: number) {
  const log: string[] = [];
  const machine = createExpense("e1", {
    reserve: () => Promise.resolve(void log.push("reserve")),
    release: () => void log.push("release"),
    pay() {
      log.push("pay");
      return failures-- > 0 ? Promise.reject(new Error("bank")) : Promise.resolve();
    },
  });
  return { machine, log };
}

Deno.test("expense is paid after approval, with retries that take longer each time", async () => {
  using time = new FakeTime();
  const { machine, log } = expense(3);
  assertEquals(machine.add("Approved", { by: "Ann" }), "canceled");
  machine.add("Creating");
  await time.tickAsync(0);
  assertEquals(machine.activeStates(), ["Created", "WaitingForApproval"]);
  machine.add("Approved", { by: "Ann" });
  await time.tickAsync(0);
  await time.tickAsync(10);
  await time.tickAsync(20);
  assertEquals([log.length, machine.is("Paid")], [4, false]);
  await time.tickAsync(40);
  await time.tickAsync(0);
  assertEquals(machine.activeStates(), ["Created", "Approved", "Paid"]);
  assertEquals(log, ["reserve", "pay", "pay", "pay", "pay"]);
});

Deno.test("expense releases the budget when payment fails for good, or it is canceled", async () => {
  using time = new FakeTime();
  const failing = expense(Infinity);
  failing.machine.add("Creating");
  await time.tickAsync(0);
  failing.machine.add("Approved", { by: "Ann" });
  for (let i = 0; i < 10; i++) await time.tickAsync(100);
  assertEquals(failing.log, ["reserve", "pay", "pay", "pay", "pay", "release"]);
  assertEquals(failing.machine.activeStates(), ["Exception"]);

  const canceled = expense(Infinity);
  canceled.machine.add("Creating");
  await time.tickAsync(0);
  canceled.machine.add("Approved", { by: "Ann" });
  await time.tickAsync(0);
  canceled.machine.remove("Created");
  await time.tickAsync(1000);
  assertEquals(canceled.log, ["reserve", "pay", "release"]);
  assertEquals(canceled.machine.activeStates(), []);
});

Deno.test("file workflow goes step by step and cleans up in reverse", async () => {
  const log: string[] = [];
  const machine = createFileWorkflow({
    download: () => Promise.resolve("a"),
    process: (path) => Promise.resolve(`${path}.gz`),
    upload: (path) => Promise.resolve(void log.push(`upload ${path}`)),
    remove: (path) => void log.push(`remove ${path}`),
  });
  machine.add("Downloading");
  await machine.when("Uploaded", { timeout: 5000 });
  assertEquals(machine.activeStates(), ["Downloaded", "Processed", "Uploaded"]);
  machine.remove("Downloaded");
  assertEquals(log, ["upload a.gz", "remove a.gz", "remove a"]);
});

Deno.test("file workflow cleans up after a failed step", async () => {
  const log: string[] = [];
  const machine = createFileWorkflow({
    download: () => Promise.resolve("a"),
    process: () => Promise.reject(new Error("broken file")),
    upload: () => Promise.resolve(),
    remove: (path) => void log.push(`remove ${path}`),
  });
  machine.add("Downloading");
  await machine.whenErr({ timeout: 5000 });
  assertEquals([log, machine.err?.message], [["remove a"], "broken file"]);
});
