import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { OutcomeUnknownError, RegisterClient, statuses } from "../../../cases/raft/client.ts";
import { InputError } from "../../../cases/raft/messages.ts";
import { freeAddresses } from "../../../cases/raft/processes.ts";
import { type RaftServer, startServer } from "../../../cases/raft/server.ts";

const LIMIT = 20_000;

/** Nodes in this process, over HTTP and with files. */
class Servers implements AsyncDisposable {
  readonly members: string[];
  readonly folder = Deno.makeTempDirSync({ prefix: "raft-server-" });
  readonly running: Map<number, RaftServer> = new Map();

  constructor(count: number) {
    this.members = freeAddresses(count);
    for (let id = 1; id <= count; id++) this.start(id);
  }

  start(id: number): void {
    const folder = join(this.folder, `${id}`);
    const { members } = this;
    this.running.set(id, startServer({ id, members, folder }));
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

Deno.test("a server that ends answers what waits, and frees its folder and address", async () => {
  await using servers = new Servers(3);
  const leader = await servers.leader();
  for (const id of [1, 2, 3]) if (id !== leader) await servers.stop(id);
  const url = `http://${servers.members[leader - 1]}/command`;
  const waiting = post(url, JSON.stringify({ op: "open" })).then((response) => response.json());
  const { node } = servers.running.get(leader)!;
  await node.machine.whenTicks("Proposed", 1, { timeout: LIMIT });
  await servers.stop(leader);
  assertEquals(await waiting, { kind: "unknown" });
  servers.start(leader);
});

Deno.test("a node whose address is taken says so, and lets its folder go", async () => {
  await using servers = new Servers(1);
  const folder = join(servers.folder, "other");
  const start = () => startServer({ id: 1, members: servers.members, folder });
  assertThrows(start, Error, `Cannot listen on ${servers.members[0]}`);
  assertThrows(start, Error, "Cannot listen");
});
