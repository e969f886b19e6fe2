/** What a program's and the debugger's surroundings say: addresses, variables, time zones. */
import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../../dbg/cli.ts";
import { startServer, Store } from "../../dbg/main.ts";
import { Machine } from "../../mod.ts";
import { connectDebugger } from "../../telemetry/mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs a program with the library; what it says and how it ends. */
async function program(
  code: string,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = ["-A"],
): Promise<{ code: number; out: string; err: string }> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const address = (path: string) => JSON.stringify(new URL(path, ROOT).href);
  await Deno.writeTextFile(
    file,
    `import { Machine } from ${address("mod.ts")};
     import { debugEnv } from ${address("telemetry/mod.ts")};
     ${code}`,
  );
  const config = fileURLToPath(new URL("deno.json", ROOT));
  const { code: status, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "--no-check",
      "--no-lock",
      "--no-prompt",
      "--config",
      config,
      ...flags,
      file,
    ],
    env: { NO_COLOR: "1", ...env },
  }).output();
  await Deno.remove(file);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: status, out: text(stdout), err: text(stderr) };
}

const ACTS = `const connection = debugEnv();
  new Machine({ Foo: {} }, { id: "short" }).add("Foo");
  console.log(connection === null ? "none" : "some");`;

Deno.test("a wrong AM_DBG_ADDR, and one where nothing answers, are said once, and end nothing", async () => {
  for (
    const [address, said] of [["nonsense", /address of a debugger/], [
      "127.0.0.1:9",
      /127.0.0.1:9/,
    ]] as const
  ) {
    const { code, out, err } = await program(ACTS, { AM_DBG_ADDR: address });
    assertEquals([code, out], [0, "some\n"]);
    assertEquals(err.trim().split("\n").length, 1, err);
    assertMatch(err, said);
  }
});

Deno.test("debugEnv() without an address, or where no environment can be read, is nothing", async () => {
  for (const address of ["", "0"]) {
    assertEquals(await program(ACTS, { AM_DBG_ADDR: address }), {
      code: 0,
      out: "none\n",
      err: "",
    });
  }
  const bare = `Object.assign(globalThis, { process: {} });\n${ACTS}`;
  const denied = await program(bare, { AM_DBG_ADDR: "1" }, ["--allow-read", "--allow-net"]);
  assertEquals(denied, { code: 0, out: "none\n", err: "" });
});

Deno.test("a program with nothing left to do ends beside a debugger, and what it did has arrived", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const seen = await program(ACTS, { AM_DBG_ADDR: server.address });
  assertEquals(seen, { code: 0, out: "some\n", err: "" });
  assertEquals(store.clients.get("short")?.end, 1);
  await server.close();
});

Deno.test("every command takes every form of the debugger's address", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0 });
  const { address } = server;
  const machine = new Machine({ Foo: {} }, { id: "shown" });
  const connection = connectDebugger(machine, { url: address });
  machine.add("Foo");
  await connection.close();
  const { writeSync } = Deno.stdout;
  Deno.stdout.writeSync = (bytes) => bytes.length;
  try {
    for (const url of [address, `ws://${address}`, `http://${address}`, `ws://${address}/`]) {
      assertEquals(await run(["list", "--url", url]), 0, url);
      assertEquals(await run(["list", "--json", "--url", url]), 0, url);
      assertEquals(await run(["show", "shown", "--url", url]), 0, url);
      assertEquals(await run(["export", "-", "--url", url]), 0, url);
    }
  } finally {
    Deno.stdout.writeSync = writeSync;
  }
  await server.close();
});

Deno.test("what is shown is the same in every time zone", async () => {
  const address = (path: string) => JSON.stringify(new URL(path, ROOT).href);
  const draws = `
    const { importFile } = await import(${address("dbg/files.ts")});
    const { initialModel, LAYOUTS, Store, update, view } = await import(${
    address("dbg/model/mod.ts")
  });
    const { drawScreen, viewportOf } = await import(${address("dbg/tui/mod.ts")});
    const { showMachine } = await import(${address("dbg/reports.ts")});
    const store = new Store();
    await importFile(store, ${
    JSON.stringify(fileURLToPath(new URL("tests/dbg/tour.jsonl.gz", ROOT)))
  });
    const size = { columns: 120, rows: 40 };
    let model = update(initialModel(store), { kind: "received" });
    for (const key of [...store.clients.keys()].slice(0, 3)) {
      model = update(update(model, { kind: "client", key }), { kind: "last" });
      for (const layout of LAYOUTS) {
        model = update(model, { kind: "layout", layout });
        console.log(JSON.stringify(drawScreen(view(model, viewportOf(size, model)), size)));
      }
      console.log(JSON.stringify(showMachine(store.clients.get(key), 0, 100)));
    }
    console.log(new Date(0).getTimezoneOffset());`;
  const zones = ["UTC", "America/New_York", "Asia/Kathmandu"];
  const all = await Promise.all(zones.map((TZ) => program(draws, { TZ })));
  const [utc, ...others] = all.map(({ out, err }) => {
    assertEquals(err, "");
    const lines = out.trim().split("\n");
    return { offset: lines.pop(), lines };
  });
  for (const { offset, lines } of others) {
    assertEquals(offset === utc.offset, false); // the variable counts here
    assertEquals(lines, utc.lines);
  }
});
