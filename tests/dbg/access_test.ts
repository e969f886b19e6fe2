import { assertEquals, assertThrows } from "@std/assert";
import { accessOf, isLoopback, TokenGate } from "../../dbg/access.ts";
import { Store } from "../../dbg/model/mod.ts";
import { pageHandler } from "../../dbg/page/mod.ts";
import { startServer } from "../../dbg/server.ts";

/** Each is this machine, or could be, and is not spelled as it has to be; or is somewhere else. */
const FOREIGN = [
  ...["evil.example", "127.evil.example", "127.0.0.1.evil.example", "localhost.evil.example"],
  ...[
    "evil-localhost",
    "notlocalhost",
    "xlocalhost",
    "localhost.",
    "127.0.0.1.",
    "127.0.0.1.nip.io",
  ],
  ...["127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1"],
  ...["127.0.0.256", "127.0.0.01", "127.0.0", "127.0.0.1.1", "127.a.b.c", "127.0.0.-1", "127...1"],
  ...["0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[::1].evil"],
  ...["10.0.0.1", "192.168.0.1", "128.0.0.1", "[fe80::1]", "127.0.0.1@evil.example", "a b", ""],
  ...["127。0。0。1", "ⅼocalhost", "localhost%00.evil", "user@localhost", "localhost/"],
];
const LOCAL = ["localhost", "LocalHost", "127.0.0.1", "127.255.0.9", "[::1]"];

Deno.test("isLoopback takes the names of this machine, and nothing that begins or ends like them", () => {
  for (const host of LOCAL) assertEquals(isLoopback(host), true, host);
  for (const host of FOREIGN) assertEquals(isLoopback(host), false, host);
});

/** The status of a request whose every byte is ours: `fetch` does not let us choose the host. */
async function status(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const bytes = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${lines}\r\n`);
  await connection.write(bytes);
  const answer = new Uint8Array(1000);
  const length = await connection.read(answer) ?? 0;
  return Number(new TextDecoder().decode(answer.subarray(0, length)).split(" ")[1]);
}

const UPGRADE = {
  ...{ connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" },
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};
const DOORS: readonly (readonly [path: string, headers: Record<string, string>, open: number])[] = [
  ["/", {}, 200],
  ["/api/list", {}, 200],
  ["/api/show?id=none", {}, 404],
  ["/api/export", {}, 200],
  ["/api/refusals", {}, 200],
  ["/diagram?id=none", {}, 404],
  ["/", UPGRADE, 101],
  ["/live", UPGRADE, 101],
];

Deno.test("Hosts and origins from elsewhere get 403 at every door, those of this machine get in", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0, page: pageHandler(store) });
  const port = Number(server.address.split(":")[1]);
  const host = `127.0.0.1:${port}`;
  for (const [path, headers, open] of DOORS) {
    const door = `${path} ${headers.upgrade ?? ""}`;
    for (const foreign of FOREIGN.filter((one) => /^[ -~]*$/.test(one))) {
      for (const spelled of [foreign, `${foreign}:${port}`]) {
        const found = await status(port, path, { host: spelled, ...headers });
        // What is no header at all is refused before.
        assertEquals([400, 403].includes(found), true, `host ${spelled} at ${door}: ${found}`);
      }
      const origin = `http://${foreign}`;
      assertEquals(
        await status(port, path, { host, origin, ...headers }),
        403,
        `${origin} ${door}`,
      );
    }
    for (const origin of ["null", "file://", "https://evil.example", "chrome-extension://x"]) {
      assertEquals(
        await status(port, path, { host, origin, ...headers }),
        403,
        `${origin} ${door}`,
      );
    }
    // Another page of this machine may send as its machines do, and see nothing.
    const near = { host, origin: "http://localhost:5173", ...headers };
    assertEquals(await status(port, path, near), path === "/" && open === 101 ? 101 : 403, door);
    for (const local of LOCAL) {
      assertEquals(await status(port, path, { host: `${local}:${port}`, ...headers }), open, door);
    }
    const own = { host, origin: `http://${host}`, ...headers };
    assertEquals(await status(port, path, own), open, door);
  }
  assertEquals(store.refusals.has("A request from another host or origin"), true);
  await server.close();
});

Deno.test("accessOf lets no picture or frame of another site in, but a link", () => {
  const headers = (mode: string) =>
    new Headers({ host: "localhost:1", "sec-fetch-site": "cross-site", "sec-fetch-mode": mode });
  assertEquals(accessOf(headers("no-cors"), false), "none");
  assertEquals(accessOf(headers("navigate"), false), "all");
  assertEquals(accessOf(new Headers(), false), "none");
  assertEquals(accessOf(new Headers({ host: "dbg.example" }), true), "all");
});

Deno.test("startServer listens beyond loopback with a token only", () => {
  for (const hostname of ["0.0.0.0", "127.evil.example", "::", "localhost."]) {
    assertThrows(() => startServer(new Store(), { hostname, port: 0 }), TypeError, "token");
  }
});

Deno.test("A token is compared whole, and whoever guesses has to wait", () => {
  const gate = new TokenGate("secret");
  const check = (token: string | null, address = "a", now = 0) => gate.check(token, address, now);
  assertEquals(["secret", null, "secre", "secret2", "Secret"].map((one) => check(one)), [
    ...["right", "missing", "wrong", "wrong", "wrong"] as const,
  ]);
  // The same one again is no other guess.
  for (let i = 0; i < 100; i++) check("guess");
  assertEquals(check("secret"), "right");
  for (let i = 0; i < 10; i++) check(`guess ${i}`);
  assertEquals(check("secret"), "too often");
  assertEquals(check("secret", "b"), "right");
  assertEquals(check("secret", "a", 60_000), "right");
});

Deno.test("Who guesses tokens gets 429, and its guesses are told", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0, token: "secret" });
  const url = `http://${server.address}/api/list`;
  const codes = new Set<number>();
  for (let i = 0; i < 12; i++) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${i}` } });
    codes.add(response.status);
    await response.body?.cancel();
  }
  assertEquals([...codes], [401, 429]);
  assertEquals([...store.refusals], [
    ["A wrong token", 10],
    ["Too many wrong tokens from one address", 2],
  ]);
  await server.close();
});

Deno.test("A browser's token of a debugger that is gone is a missing one, however often it is shown", async () => {
  const store = new Store();
  const server = startServer(store, { port: 0, token: "secret", page: pageHandler(store) });
  const url = `http://${server.address}/`;
  const cookie = `am-dbg-${new URL(url).port}=gone`;
  const ask = async (path: string, headers: HeadersInit) => {
    const response = await fetch(`${url}${path}`, { headers, redirect: "manual" });
    await response.body?.cancel();
    return response.status;
  };
  for (let i = 0; i < 30; i++) {
    assertEquals(await ask("", { cookie, accept: "text/html" }), 401);
    assertEquals(await ask("live", { cookie }), 401);
  }
  assertEquals([...store.refusals], []);
  assertEquals(await ask("?token=secret", { cookie }), 303);
  // But whoever guesses by cookies is stopped like any other.
  const guesses = Array.from({ length: 12 }, (_, i) => cookie + i);
  const codes = [];
  for (const one of guesses) codes.push(await ask("", { cookie: one }));
  assertEquals(codes.slice(-2), [429, 429]);
  await server.close();
});
