import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exportFrom, openFile } from "../../dbg/file_actions.ts";
import { initialModel, Store, update } from "../../dbg/model/mod.ts";
import { Session } from "../../dbg/session.ts";

const TOUR = fileURLToPath(new URL("./tour.jsonl.gz", import.meta.url));

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !holds(); i++) await new Promise((next) => setTimeout(next, 10));
  assert(holds());
}

Deno.test("The dialog that opens a file reads it, says what came of it, and closes", async () => {
  const store = new Store();
  using session = new Session(store, { open: (path) => openFile(store, path) });
  session.send({ kind: "dialog", dialog: "open" });
  session.send({ kind: "openPath", path: TOUR });
  assertEquals([session.model.dialog, session.model.openPath], ["open", TOUR]);
  session.machine.add("Opening", { path: TOUR });
  await until(() => session.machine.not("Opening"));
  assertEquals(session.model.dialog, null);
  assertEquals(session.model.notice, `Read: ${TOUR} (2 machines)`);
  assertEquals(store.clients.size, 2);
  session.machine.add("Opening", { path: "/nowhere/at all" });
  await until(() => session.machine.not("Opening"));
  assertStringIncludes(session.model.notice, 'Cannot read "/nowhere/at all"');
});

Deno.test("What cannot be done here is refused: files and the demo without a way to them", () => {
  using session = new Session(new Store());
  assertEquals(session.machine.add("Opening", { path: "x" }), "canceled");
  assertEquals(session.machine.add("Exporting"), "canceled");
  assertEquals(session.machine.add("StartingDemo"), "canceled");
});

Deno.test("The demo is started once at a time, and tells that it was", async () => {
  let started = 0;
  const { promise, resolve } = Promise.withResolvers<string>();
  using session = new Session(new Store(), {
    demo: () => {
      started++;
      return promise;
    },
  });
  session.machine.add("StartingDemo");
  session.machine.add("StartingDemo");
  resolve("it runs");
  await until(() => session.machine.not("StartingDemo"));
  assertEquals([started, session.model.notice], [1, "it runs"]);
});

Deno.test("An export from the screen replaces nothing, and is opened again as it was", async () => {
  const dir = await Deno.makeTempDir();
  const store = new Store();
  await openFile(store, TOUR);
  const model = update(initialModel(store), { kind: "received" });
  assertEquals(await exportFrom(model, dir), `Written: ${dir}/am-dbg-dump.jsonl.gz`);
  assertEquals(await exportFrom(model, dir), `Written: ${dir}/am-dbg-dump-2.jsonl.gz`);
  const again = new Store();
  await openFile(again, `${dir}/am-dbg-dump-2.jsonl.gz`);
  assertEquals([...again.clients.keys()], [...store.clients.keys()]);
  const named = update(model, { kind: "exportForm", name: "../x" });
  assertStringIncludes(await exportFrom(named, dir), "it is no plain file name");
  await Deno.remove(dir, { recursive: true });
});
