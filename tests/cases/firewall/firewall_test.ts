/** The firewall on real sockets. */
import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { connect as connectFrom, type Socket } from "node:net";
import { AddressBook } from "../../../cases/firewall/addresses.ts";
import { Firewall } from "../../../cases/firewall/firewall.ts";
import { parseRules } from "../../../cases/firewall/rules.ts";

/** A server that sends back what it gets, says when a client has said all, and counts. */
class Echo implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns = new Set<Deno.Conn>();
  clients = 0;

  constructor() {
    this.#run();
  }

  get address(): Deno.ConnectOptions {
    return { hostname: "127.0.0.1", port: this.#listener.addr.port };
  }

  async #run() {
    for await (const conn of this.#listener) {
      this.clients++;
      this.#conns.add(conn);
      (async () => {
        const buffer = new Uint8Array(65536);
        for (let n; (n = await conn.read(buffer)) !== null;) {
          for (let at = 0; at < n;) at += await conn.write(buffer.subarray(at, n));
        }
        await conn.write(new TextEncoder().encode("bye"));
        await conn.closeWrite();
      })().catch(() => {});
    }
  }

  [Symbol.dispose]() {
    this.#listener.close();
    for (const conn of this.#conns) {
      try {
        conn.close();
      } catch {
        // closed by then
      }
    }
  }
}

const allow = { from: "127.0.0.0/8", action: "allow", perSecond: 10_000 };
/** A header ends with a line. */
const header = { end: "\n", bytes: 100, ms: 60_000 };

async function read(conn: Deno.Conn): Promise<string | null> {
  const buffer = new Uint8Array(1024);
  const n = await conn.read(buffer).catch(() => null);
  return n === null ? null : new TextDecoder().decode(buffer.subarray(0, n));
}

async function readAll(conn: Deno.Conn): Promise<string> {
  let all = "";
  for (let text; (text = await read(conn)) !== null;) all += text;
  return all;
}

const send = (conn: Deno.Conn, text: string) => conn.write(new TextEncoder().encode(text));

async function until(condition: () => boolean, what: string) {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A firewall before an echo, with a client's connections. */
class Site implements AsyncDisposable {
  readonly echo = new Echo();
  readonly firewall: Firewall;
  readonly #conns: (Deno.Conn | Socket)[] = [];

  constructor(rules: object, server?: Deno.ConnectOptions) {
    this.firewall = new Firewall({
      server: server ?? this.echo.address,
      rules: parseRules({ rules: [allow], header, ...rules }),
    });
  }

  async client(): Promise<Deno.Conn> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.firewall.port });
    this.#conns.push(conn);
    return conn;
  }

  /** A client with an address of its own. */
  clientFrom(localAddress: string): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const socket = connectFrom({ host: "127.0.0.1", port: this.firewall.port, localAddress });
    socket.once("connect", () => resolve(socket)).once("error", reject);
    socket.on("error", () => {});
    this.#conns.push(socket);
    return promise;
  }

  async [Symbol.asyncDispose]() {
    await this.firewall.stop();
    for (const conn of this.#conns) {
      try {
        if ("destroy" in conn) conn.destroy();
        else conn.close();
      } catch {
        // closed by then
      }
    }
    this.echo[Symbol.dispose]();
    assertEquals([this.firewall.table.size, this.firewall.table.waiting], [0, 0]);
    assertEquals([this.firewall.addresses.size, this.firewall.addresses.waiting], [0, 0]);
  }
}

Deno.test("a firewall carries both directions, and one when the client has said all", async () => {
  await using site = new Site({});
  const client = await site.client();
  await send(client, "hel");
  await send(client, "lo\nand more");
  let got = "";
  while (got.length < 14) got += await read(client);
  assertEquals(got, "hello\nand more");
  await client.closeWrite();
  assertEquals(await readAll(client), "bye");
  await until(() => site.firewall.table.size === 0, "the flow is gone");
  assertEquals(site.firewall.counts.established, 1);
});

Deno.test("a firewall closes silent and trickling clients in time; the server never hears of them", async () => {
  await using site = new Site({ header: { ...header, ms: 300 } });
  const silent = await site.client();
  const slow = await site.client();
  let trickling = true;
  const trickle = (async () => {
    while (trickling) {
      if (await send(slow, "x").then(() => false, () => true)) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  assertEquals([await read(silent), await readAll(slow)], [null, ""]);
  trickling = false;
  await trickle;
  await until(() => site.firewall.table.size === 0, "both are gone");
  assertEquals([site.firewall.counts.timedOut, site.echo.clients], [2, 0]);
});

Deno.test("a firewall closes a client whose header does not end, or who hangs up before", async () => {
  await using site = new Site({});
  const long = await site.client();
  await send(long, "x".repeat(200));
  assertEquals(await read(long), null);
  const short = await site.client();
  await send(short, "x");
  short.close();
  await until(() => site.firewall.table.size === 0, "both are gone");
  assertEquals(site.echo.clients, 0);
});

Deno.test("a firewall closes the client when the server is down or resets", async () => {
  const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = nobody.addr;
  nobody.close();
  await using site = new Site({}, { hostname: "127.0.0.1", port });
  const client = await site.client();
  await send(client, "hello\n");
  assertEquals(await read(client), null);
  await until(() => site.firewall.table.size === 0, "the flow is gone");
});

Deno.test("a firewall lets in no address that no rule allows, and none beyond its limit", async () => {
  await using site = new Site({
    rules: [{ from: "127.0.0.9", action: "deny" }, { ...allow, flows: 2 }],
  });
  const denied = await site.clientFrom("127.0.0.9");
  await until(
    () => denied.destroyed || denied.readableEnded || site.firewall.counts.refused === 1,
    "the denied one is out",
  );
  const clients = [await site.client(), await site.client()];
  const third = await site.client();
  assertEquals(await read(third), null);
  await site.clientFrom("127.0.0.8"); // another one is no worse off
  await until(() => site.firewall.table.size === 3, "three flows");
  clients[0].close();
  await until(() => site.firewall.table.size === 2, "one has left");
  const fourth = await site.client();
  await send(fourth, "hi\n");
  assertEquals(await read(fourth), "hi\n");
});

Deno.test("a firewall bans a nuisance with all its flows, and forgives it in time", async () => {
  await using site = new Site({ ban: { strikes: 3, within: 60_000, ms: 400 } });
  const quiet = await site.client();
  await send(quiet, "hi\n");
  assertEquals(await read(quiet), "hi\n");
  for (let i = 0; i < 3; i++) {
    const rude = await site.client();
    await send(rude, "x".repeat(200));
    assertEquals(await read(rude), null);
  }
  assertEquals(await read(quiet), null); // its established flow is cut as well
  assertEquals(site.firewall.counts.bans, 1);
  const out = await site.client();
  assertEquals(await read(out), null);
  await until(() => site.firewall.addresses.size === 0, "it is forgiven and forgotten");
  const back = await site.client();
  await send(back, "hi\n");
  assertEquals(await read(back), "hi\n");
});

Deno.test("a firewall at its limit of half-open flows drops the oldest, and is on its guard for a while", async () => {
  await using site = new Site({ halfOpen: 10, ban: { strikes: 1000 } });
  const good = await site.client();
  await send(good, "hi\n");
  assertEquals(await read(good), "hi\n");
  const flood: Deno.Conn[] = [];
  for (let i = 0; i < 30; i++) flood.push(await site.client());
  await until(() => site.firewall.counts.evicted === 20, "20 made room");
  assertEquals(site.firewall.table.halfOpen, 10);
  assert(site.firewall.machine.is("UnderAttack"));
  assertEquals(await read(flood[0]), null);
  await send(good, "still\n");
  assertEquals(await read(good), "still\n");
  for (const conn of flood) conn.close();
  await until(() => site.firewall.table.size === 1, "only the good one is left");
  await until(() => site.firewall.machine.not("UnderAttack"), "calm");
});

Deno.test("a firewall gives up a flow that is silent for too long", async () => {
  await using site = new Site({ idle: 1000 });
  const client = await site.client();
  await send(client, "hi\n");
  assertEquals(await read(client), "hi\n");
  assertEquals(await read(client), null);
  assertEquals(site.firewall.counts.timedOut, 1);
});

Deno.test("a firewall that stops waits for flows, and lets in nobody meanwhile", async () => {
  await using site = new Site({});
  const client = await site.client();
  await send(client, "hi\n");
  assertEquals(await read(client), "hi\n");
  const stopped = site.firewall.stop(60_000);
  const late = await Deno.connect({ hostname: "127.0.0.1", port: site.firewall.port }).catch(() =>
    null
  );
  assertEquals(late, null);
  await send(client, "bye\n");
  assertEquals(await read(client), "bye\n");
  client.close();
  await stopped;
});

Deno.test("an address book keeps to its size: it forgets those without flows, banned ones last", () => {
  const { rules, ban } = parseRules({
    rules: [{ from: "any", action: "allow" }],
    ban: { strikes: 1 },
  });
  const book = new AddressBook({ rules, ban }, { addresses: 3 });
  const banned = book.of("10.0.0.1")!;
  banned.add("Strike", { why: "test" });
  assert(banned.is("Banned"));
  book.of("10.0.0.2");
  book.of("10.0.0.3");
  book.of("10.0.0.4");
  assertEquals([book.size, book.of("10.0.0.1") === banned], [3, true]);
  assertEquals(banned.add("Open"), "canceled");
  book.clear();
});

Deno.test("what a rule allows to one address of a network is no account of the others'", () => {
  const { rules, ban } = parseRules({ rules: [{ from: "fd00::1", action: "allow" }] });
  const book = new AddressBook({ rules, ban });
  assertEquals(book.of("fd00::1")!.add("Open"), "executed");
  assertEquals(book.of("fd00::2")!.add("Open"), "canceled");
  assert(book.of("fd00::2")!.is("Denied"));
  book.clear();
});

Deno.test("an address that hangs up has no more new flows for it", () => {
  using time = new FakeTime();
  const { rules, ban } = parseRules({ rules: [{ from: "any", action: "allow", perSecond: 2 }] });
  const book = new AddressBook({ rules, ban });
  const visits = (n: number) => {
    let entered = 0;
    for (let i = 0; i < n; i++) {
      const address = book.of("10.0.0.1")!;
      if (address.add("Open") !== "canceled") entered++;
      book.release(address);
    }
    return entered;
  };
  assertEquals(visits(10), 4); // twice the rate at once
  time.tick(1000);
  assertEquals(visits(10), 2);
  time.tick(60_000);
  assertEquals([book.size, visits(10)], [0, 4]);
  book.clear();
});
