import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../../cases/raft/cli.ts";
import { freeAddresses } from "../../../cases/raft/processes.ts";
import { startServer } from "../../../cases/raft/server.ts";

/** Runs a command line in this process: the code, and what it prints. */
async function raft(...args: string[]): Promise<[code: number, out: string, err: string]> {
  const { log, error } = console;
  let out = "";
  let err = "";
  console.log = (line) => out += `${line}\n`;
  console.error = (line) => err += `${line}\n`;
  try {
    return [await run(args), out, err];
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("the program puts, gets and shows the members", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "raft-cli-" });
  const members = freeAddresses(1);
  const server = startServer({ id: 1, members, folder });
  try {
    const at = ["--members", members[0]];
    assertEquals(await raft("put", "color", "red", ...at), [0, "", ""]);
    assertEquals(await raft("get", "color", ...at), [0, "red\n", ""]);
    assertEquals(await raft("get", "size", ...at), [1, "", "raft: size is not set\n"]);
    const [code, out] = await raft("status", ...at);
    assertEquals(code, 0);
    const line = /^1 127\.0\.0\.1:\d+: Leader Serving, term 1, committed \d+ of \d+, snapshot 0\n$/;
    assertMatch(out, line);
  } finally {
    await server.close();
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("the program says in one line what is wrong", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "raft-cli-" });
  try {
    Deno.writeTextFileSync(join(folder, "journal"), "x\ny\n");
    const members = freeAddresses(1).join();
    const node = ["node", "--members", members, "--folder", folder];
    const cases: readonly [args: string[], code: number, said: RegExp][] = [
      [["put", "color", "--members", members], 2, /Missing argument\(s\): value/],
      [
        ["put", "k", "v", "--members", members, "--timeout", "50"],
        1,
        /no member answered in 50 ms/,
      ],
      [["get", "k", "--members", members, "--timeout", "50"], 1, /no member answered in 50 ms/],
      [["get", "a", "--members", "here"], 2, /"here" is no member: expected host:port/],
      [["status", "--members", `${members},${members}`], 2, /named twice/],
      [["status", "--members", members], 1, /No member answers/],
      [[...node, "--id", "2"], 2, /--id 2: expected 1 to 1/],
      [[...node, "--id", "1", "--watch", "birds"], 2, /--watch has "birds"/],
      [[...node, "--id", "1"], 1, /journal, line 1, is damaged/],
      [["fly"], 2, /Unknown command "fly"/],
    ];
    for (const [args, code, said] of cases) {
      const found = await raft(...args);
      assertEquals(found[0], code, args.join(" "));
      assertMatch(found[2], /^raft: [^\n]+\n$/);
      assertMatch(found[2], said);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("the program exits with the code", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      fileURLToPath(new URL("../../../cases/raft/main.ts", import.meta.url)),
      "fly",
    ],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [2, 'raft: Unknown command "fly"\n']);
});
