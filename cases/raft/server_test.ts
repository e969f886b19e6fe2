import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OutcomeUnknownError, RegisterClient, statuses } from "./client.ts";
import { InputError } from "./messages.ts";
import { freeAddresses } from "./processes.ts";
import { type RaftServer, startServer } from "./server.ts";
import { watch } from "./watch.ts";

const LIMIT = 20_000;

/** Nodes in this process, over HTTP and with files. */
class Servers implements AsyncDisposable {
  readonly members: string[];
  readonly folder = Deno.makeTempDirSync({ prefix: "raft-server-" });
  readonly running: Map<number, RaftServer> = new Map();

  constructor(count: number, watched = false) {
    this.members = freeAddresses(count);
    for (let id = 1; id <= count; id++) this.start(id, watched);
  }

  start(id: number, watched = false): void {
    const folder = join(this.folder, `${id}`);
    const { members } = this;
    this.running.set(id, startServer({ id, members, folder, watch: watched ? watch : null }));
  }

  async stop(id: number): Promise<void> {
    await this.running.get(id)?.close();
    this.running.delete(id);
  }

  /** The node that serves. */
  async leader(): Promise<number> {
    const { machine } = await Promise.any(
      [...this.running.values()].map(async ({ node }) => {
        await node.machine.when("Serving", { timeout: LIMIT });
        return node;
      }),
    );
    return Number(machine.id.split("-")[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
    await Deno.remove(this.folder, { recursive: true });
  }
}

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

Deno.test("three nodes keep what was put, whoever dies, and all over a restart", async () => {
  await using servers = new Servers(3);
  const { members } = servers;
  const client = new RegisterClient({ members });
  const signal = AbortSignal.timeout(LIMIT);
  await client.put("color", "red", { signal });
  const leader = await servers.leader();
  await servers.stop(leader);
  await client.put("color", "green", { signal });
  assertEquals(await client.get("color", { signal }), "green");
  for (const id of [1, 2, 3]) await servers.stop(id);
  for (const id of [1, 2, 3]) servers.start(id);
  assertEquals(await client.get("color", { signal }), "green");
  await client.put("color", "blue", { signal }); // the session has survived
  assertEquals(await client.get("size", { signal }), null);
});

Deno.test("without a majority nothing is answered, and a write's outcome is not known", async () => {
  await using servers = new Servers(3);
  const { members } = servers;
  const client = new RegisterClient({ members });
  await client.put("a", "1", { signal: AbortSignal.timeout(LIMIT) });
  const leader = await servers.leader();
  for (const id of [1, 2, 3]) if (id !== leader) await servers.stop(id);
  const signal = () => AbortSignal.timeout(300);
  await assertRejects(() => client.put("a", "2", { signal: signal() }), OutcomeUnknownError);
  await assertRejects(() => client.get("a", { signal: signal() }));
  const { machine } = servers.running.get(leader)!.node;
  await machine.whenNot("Leader", { timeout: LIMIT });
  const found = await statuses(members);
  assertEquals(found.filter((one) => one === null).length, 2);
});

Deno.test("a node refuses what it should not be asked, and goes on", async () => {
  await using servers = new Servers(1);
  const [member] = servers.members;
  await servers.leader();
  const url = `http://${member}`;
  const message = { kind: "vote", term: 9, from: 1, end: { index: 0, term: 0 } };
  const big = JSON.stringify({ op: "get", key: "x".repeat(600_000) });
  const cases: readonly [() => Promise<Response>, number, RegExp][] = [
    [() => post(`${url}/command`, "{"), 400, /The body: expected JSON/],
    [() => post(`${url}/command`, "{}"), 400, /The command's op/],
    [() => post(`${url}/command`, big), 413, /at most 80000 bytes/],
    [() => post(`${url}/command`, "{}", { "content-type": "text/plain" }), 415, /json/],
    [() => post(`${url}/command`, "{}", { origin: "http://evil.example" }), 403, /no page/],
    [() => post(`http://localhost:${member.split(":")[1]}/command`, "{}"), 403, /Only requests/],
    [() => post(`${url}/raft`, JSON.stringify(message)), 400, /The sender/],
    [() => post(`${url}/raft`, JSON.stringify({ ...message, from: 7 })), 400, /The sender/],
    [() => post(`${url}/raft`, "null"), 400, /The message: expected an object/],
    [() => fetch(`${url}/raft`), 405, /POST/],
    [() => fetch(`${url}/metrics`), 404, /Expected/],
    [() => fetch(`${url}/../x`), 404, /Expected/],
  ];
  for (const [ask, status, text] of cases) {
    const response = await ask();
    const { error } = await response.json();
    assertEquals(response.status, status, error);
    assertMatch(error, text);
  }
  const client = new RegisterClient({ members: servers.members });
  await assertRejects(() => client.get("x".repeat(300)), InputError, "at most 256");
  await client.put("a", "1");
  assertEquals(await client.get("a"), "1");
});

Deno.test("a watched node has metrics of its own machine and of its peers", async () => {
  await using servers = new Servers(3, true);
  const leader = await servers.leader();
  const text = await (await fetch(`http://${servers.members[leader - 1]}/metrics`)).text();
  assertMatch(text, new RegExp(`am_state_active\\{state="Leader",machine="raft-${leader}"\\} 1`));
  assertMatch(text, new RegExp(`am_states_added_total\\{machine="raft-${leader}-peer-`));
});

const PROGRAM = fileURLToPath(new URL("main.ts", import.meta.url));

async function raft(...args: string[]): Promise<[code: number, out: string, err: string]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PROGRAM, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return [code, text(stdout), text(stderr)];
}

Deno.test("the program puts, gets and shows the members", async () => {
  await using servers = new Servers(1);
  const members = servers.members.join();
  assertEquals(await raft("put", "color", "red", "--members", members), [0, "", ""]);
  assertEquals(await raft("get", "color", "--members", members), [0, "red\n", ""]);
  assertEquals(await raft("get", "size", "--members", members), [1, "", "raft: size is not set\n"]);
  const [code, out] = await raft("status", "--members", members);
  assertEquals(code, 0);
  assertMatch(
    out,
    /^1 127\.0\.0\.1:\d+: Leader Serving, term 1, committed \d+ of \d+, snapshot 0\n$/,
  );
});

Deno.test("the program says in one line what is wrong", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(join(folder, "ballot"), "x\n");
    const members = freeAddresses(1).join();
    const node = ["node", "--members", members, "--folder", folder];
    const found = await Promise.all([
      raft("put", "color", "--members", members),
      raft("put", "k".repeat(300), "v", "--members", members, "--timeout", "50"),
      raft("get", "a", "--members", "here"),
      raft("status", "--members", `${members},${members}`),
      raft("status", "--members", members),
      raft(...node, "--id", "2"),
      raft(...node, "--id", "1"),
      raft("fly"),
    ]);
    assertEquals(found.map(([code]) => code), [2, 1, 2, 2, 1, 2, 1, 2]);
    for (const [, , err] of found) assertMatch(err, /^raft: [^\n]+\n$/);
    assertMatch(found[6][2], /ballot, line 1, is damaged/);
    assert(!found.some(([, , err]) => err.includes("    at ")));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
