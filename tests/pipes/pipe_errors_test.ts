import { assertEquals } from "@std/assert";
import { args, AsyncMachineError, Machine } from "../../mod.ts";
import { pipeErrors, PipeLoopError } from "../../pipes/mod.ts";
import { turns } from "../machine/settling.ts";
import { assertThrows } from "@std/assert";

function family() {
  const seen: { err: Error | undefined; machine: string | undefined }[] = [];
  const parent = new Machine({
    ChildErr: { multi: true, args: args<{ err: Error; machine: string }>() },
  });
  parent.on("ChildErrState", (e) => void seen.push({ err: e.args.err, machine: e.args.machine }));
  const child = new Machine({ Work: {} }, { id: "child", parent, printErrors: false });
  return { seen, parent, child };
}

const error = new Error("x");

const causes: [string, (child: ReturnType<typeof family>["child"]) => unknown][] = [
  ["addErr", (child) => child.addErr(error)],
  ["a throw", (child) => {
    child.on("WorkState", () => {
      throw error;
    });
    child.add("Work");
  }],
  ["a rejection", async (child) => {
    child.on("WorkState", () => Promise.reject(error));
    child.add("Work");
    await turns();
  }],
];
for (const [name, cause] of causes) {
  Deno.test(`pipeErrors: ${name}`, async () => {
    const { seen, parent, child } = family();
    using _ = pipeErrors(child, parent, "ChildErr");
    await cause(child);
    assertEquals([seen.length, seen[0].err === error, seen[0].machine], [1, true, "child"]);
    assertEquals([parent.isErr(), parent.err], [false, null]);
    child.remove("Exception");
    assertEquals(parent.is("ChildErr"), true, "kept");
  });
}

Deno.test("pipeErrors: each error of a child is a call, the second too", () => {
  const { seen, parent, child } = family();
  pipeErrors(child, parent, "ChildErr");
  child.addErr(error);
  child.addErr(new Error("y"));
  assertEquals(seen.map(({ err }) => err?.message), ["x", "y"]);
});

Deno.test("pipeErrors: an error that is there already; one without an error", () => {
  const { seen, parent, child } = family();
  child.addErr(error);
  const binding = pipeErrors(child, parent, "ChildErr");
  assertEquals(seen[0].err === error, true);
  binding.unbind();
  const other = new Machine({}, { id: "other", printErrors: false });
  pipeErrors(other, parent, "ChildErr");
  other.add("Exception");
  assertEquals([seen[1].err instanceof AsyncMachineError, seen[1].machine], [true, "other"]);
});

Deno.test("pipeErrors: unbound, aborted, disposed", () => {
  const { seen, parent, child } = family();
  pipeErrors(child, parent, "ChildErr").unbind();
  const controller = new AbortController();
  pipeErrors(child, parent, "ChildErr", { signal: controller.signal });
  controller.abort();
  child.addErr(error);
  assertEquals(seen.length, 0);
  pipeErrors(child, parent, "ChildErr");
  child.dispose();
  assertEquals([seen.length, parent.is("ChildErr")], [1, true]);
});

Deno.test("pipeErrors: a state that the child's Exception follows is a loop", () => {
  const machine = new Machine({ Bad: {} }, { id: "a" });
  assertThrows(() => pipeErrors(machine, machine, "Exception"), PipeLoopError);
});
