import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { openFlows, SqliteStore } from "../../durable/mod.ts";
import { defineFlow } from "../../durable/mod.ts";
import { importFile, Store as DbgStore } from "../../dbg/main.ts";

const program = fileURLToPath(new URL("../../durable/cli/main.ts", import.meta.url));

async function cli(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", program, ...args],
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

const job = (charges: () => string) =>
  defineFlow({
    schema: {
      Reserving: {},
      Charging: { remove: ["Reserving"] },
      Done: { remove: ["Charging"] },
      Exception: { multi: true, add: ["Broken"] },
      Broken: {},
    },
    data: (input: { item: string }) => ({ ...input, did: [] as string[] }),
    start: "Reserving",
    ends: ["Done"],
    tags: (data) => [data.item],
    handlers: {
      ReservingState: (e) => void e.add("Charging"),
      async ChargingState(e) {
        e.flow.data.did.push(await e.once("first", () => `first ${e.key}`));
        e.flow.data.did.push(await e.once("charge", charges));
        e.add("Done");
      },
    },
  });

Deno.test("flows: list, show, export and retry on a store, and one line for bad input", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/flows.db`;
  const failing = job(() => {
    throw new Error("card refused");
  });
  const first = await openFlows(new SqliteStore(path), { job: failing }, { printErrors: false });
  const flow = await first.start("job", "a/1", { item: "tea" });
  await flow.machine.when("Exception");
  await flow.committed();

  const owned = await cli("retry", path, "job/a/1");
  assertEquals(owned.code, 2);
  assertMatch(owned.err, /^flows: Flow "job\/a\/1" has an owner, .*: stop it first\n$/);
  await first.close();

  const listed = await cli("list", path);
  assertEquals(listed.out, "job/a/1  Exception Broken  waits for an owner  failed\n");
  assertEquals((await cli("list", path, "--active", "Done")).out, "");
  const [json] = (await cli("list", path, "--failed", "--tag", "tea", "--json")).out.split("\n");
  assertEquals(JSON.parse(json).id, "a/1");

  const shown = await cli("show", path, "job/a/1");
  assertMatch(shown.out, /data {2}\{"item":"tea","did":\["first job\/a\/1\/Charging\/1"\]\}/);
  assertMatch(shown.out, /\[add\] Charging {2}-Reserving:2 \+Charging:1/);
  assertMatch(shown.out, /\[add\] Exception .*card refused/);

  const file = `${dir}/flow.jsonl`;
  assertEquals((await cli("export", path, "job/a/1", file)).code, 0);
  const dbg = new DbgStore();
  await importFile(dbg, file);
  const [client] = dbg.clients.values();
  assertEquals([client.hello.id, client.end - client.first], ["job/a/1", 3]);

  const again = await cli("retry", path, "job/a/1");
  assertEquals(again, {
    code: 0,
    out: "job/a/1  Charging  goes on with the next owner\n",
    err: "",
  });
  const second = await openFlows(new SqliteStore(path), { job: job(() => "charged") });
  const done = await second.get("job", "a/1");
  const { did } = await done!.result();
  assertEquals(did.slice(-2), ["first job/a/1/Charging/1", "charged"]);
  await second.close();

  for (
    const [args, said] of [
      [["retry", path, "job/a/1"], 'Flow "job/a/1" is finished'],
      [["show", path, "job/2"], 'There is no flow "job/2"'],
      [["show", path, "job"], '"job" names no flow: expected KIND/ID'],
      [["list", `${dir}/none.db`], "Cannot open the store"],
      [["list", dir], "is no file"],
      [["list", file], "Cannot open the store"],
      [["list"], "store"],
      [["what"], "what"],
      [["list", path, "--limit", "x"], "limit"],
      [["list", path, "--ended", "--open"], "exclude"],
    ] as const
  ) {
    const { code, out, err } = await cli(...args);
    assertEquals([code, out, err.split("\n").length, err.includes(said)], [2, "", 2, true], err);
  }
  await Deno.remove(dir, { recursive: true });
});
