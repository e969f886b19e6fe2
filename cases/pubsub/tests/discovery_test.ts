/** Discovery and its bootstrap flows, under a fake clock, with both hosts in a direct network. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { RefusedError } from "@asyncmachine/asyncmachine";
import { lpStream } from "@libp2p/utils";
import { FakeTime } from "@std/testing/time";
import { createDiscovery, type Discovery } from "../discovery/discovery.ts";
import {
  dial,
  infoOf,
  libp2pRendezvous,
  PROTOCOL,
  serveRendezvous,
} from "../discovery/libp2p_rendezvous.ts";
import { MemoryRendezvous, type Rendezvous, RendezvousError } from "../discovery/rendezvous.ts";
import type { Host } from "../host/host.ts";
import { type DirectNetwork, directNetwork } from "../links/direct.ts";
import { libp2pLinks } from "../links/libp2p.ts";
import { startNode } from "../links/node.ts";
import { bytes, type MakeHost, testTwins, textOf, until } from "./twins.ts";

interface Member {
  readonly host: Host;
  readonly discovery: Discovery;
  readonly errors: string[];
  stop(): Promise<void>;
}

function member(
  make: MakeHost,
  id: string,
  { network, rendezvous, connect }: {
    network: DirectNetwork;
    rendezvous: Rendezvous;
    connect?: (id: string) => Promise<unknown>;
  },
): Member {
  const host = make({ id, links: network.links(id) });
  const errors: string[] = [];
  const discovery = createDiscovery({
    id: `${id}-disc`,
    host,
    rendezvous,
    self: () => ({ id, addresses: [] }),
    connect: (peer) => connect?.(peer.id) ?? Promise.resolve(network.connect(id, peer.id)),
    onError: (error) => errors.push(error.message),
  });
  return {
    host,
    discovery,
    errors,
    async stop() {
      await discovery.stop();
      await host.stop();
    },
  };
}

testTwins("hosts that know only the rendezvous find each other, and bootstrap", async (make) => {
  using time = new FakeTime();
  const [network, rendezvous] = [directNetwork(), new MemoryRendezvous()];
  const all = Array.from(
    { length: 5 },
    (_, index) => member(make, `ps-${index}`, { network, rendezvous }),
  );
  const got: string[] = [];
  for (const { host, discovery } of all.slice(1)) {
    await host.subscribe("t", ({ data }) => void got.push(textOf(data)));
    await discovery.advertise("t");
  }
  const [{ host, discovery }] = all;
  const bootstrapped = discovery.bootstrap("t", { peers: 4 });
  const flow = `ps-0-disc-bf1`;
  await time.tickAsync(500);
  assertEquals(await bootstrapped, 4);
  assertEquals(await host.publish("t", bytes(flow)), 4);
  await time.tickAsync(0);
  assertEquals(got, [flow, flow, flow, flow]);
  assertEquals(discovery.machine.is("TopicBootstrapped"), true);
  for (const one of all) await one.stop();
  assertEquals([network.size, rendezvous.size, all.flatMap(({ errors }) => errors)], [0, 0, []]);
  assertEquals(discovery.machine.timers(), []);
});

testTwins(
  "a refresh goes round: it finds who comes later, and rests when there are enough",
  async (make) => {
    using time = new FakeTime();
    const [network, rendezvous] = [directNetwork(), new MemoryRendezvous()];
    let asked = 0;
    const counting: Rendezvous = {
      register: (topic, peer) => rendezvous.register(topic, peer),
      unregister: (topic, id) => rendezvous.unregister(topic, id),
      find: (topic) => (asked++, rendezvous.find(topic)),
    };
    const first = member(make, "ps-0", { network, rendezvous: counting });
    await first.host.subscribe("t");
    await time.tickAsync(3500);
    assertEquals([asked, await first.host.peers()], [3, []]);
    const others = Array.from(
      { length: 6 },
      (_, index) => member(make, `ps-${index + 1}`, { network, rendezvous }),
    );
    for (const { host, discovery } of others) {
      await host.subscribe("t");
      await discovery.advertise("t");
    }
    await time.tickAsync(1000);
    assertEquals((await first.host.peers("t")).length, 6);
    const before = asked;
    await time.tickAsync(5000);
    assertEquals(asked, before); // six are enough
    await others[0].stop();
    await time.tickAsync(2000);
    assert(asked > before);
    for (const one of [first, ...others.slice(1)]) {
      await one.stop();
    }
  },
);

testTwins(
  "a rendezvous that fails is asked again, later each time, and then less late",
  async (make) => {
    using time = new FakeTime();
    const [network, rendezvous] = [directNetwork(), new MemoryRendezvous({ ttl: 10_000 })];
    const tries: number[] = [];
    let down = true;
    const start = Date.now();
    const flaky: Rendezvous = {
      register(topic, peer) {
        tries.push(Date.now() - start);
        return down ? Promise.reject(new Error("down")) : rendezvous.register(topic, peer);
      },
      unregister: (topic, id) => rendezvous.unregister(topic, id),
      find: () => Promise.reject(new Error("down")),
    };
    const one = member(make, "ps-0", { network, rendezvous: flaky });
    await one.discovery.advertise("t");
    await time.tickAsync(4000);
    assertEquals(tries, [0, 500, 1500, 3500]);
    down = false;
    await time.tickAsync(4000);
    assertEquals([tries.at(-1), rendezvous.size], [7500, 1]);
    await time.tickAsync(30_000); // renewed before it ends
    assertEquals([rendezvous.size, tries.slice(5)], [1, [15_500, 23_500, 31_500]]);
    // A bootstrap goes on asking until it is given up, and leaves nothing.
    const given = assertRejects(
      () => one.discovery.bootstrap("t", { timeout: 1000 }),
      DOMException,
    );
    await time.tickAsync(1000);
    await given;
    assert(one.errors.length > 10);
    // No flow is left in the way of the next one.
    const again = assertRejects(() => one.discovery.bootstrap("t", { timeout: 10 }), DOMException);
    await time.tickAsync(10);
    await again;
    await time.tickAsync(0);
    assertEquals(one.discovery.machine.isErr(), false);
    await one.stop();
    assertEquals(rendezvous.size, 0);
  },
);

testTwins(
  "a rendezvous that never answers stops neither refreshes nor a bootstrap",
  async (make) => {
    using time = new FakeTime();
    const [network, rendezvous] = [directNetwork(), new MemoryRendezvous()];
    let hangs = true;
    const deaf: Rendezvous = {
      register: (topic, peer) => rendezvous.register(topic, peer),
      unregister: (topic, id) => rendezvous.unregister(topic, id),
      find: (topic, { signal } = {}) =>
        hangs
          ? new Promise((_, reject) =>
            signal?.addEventListener("abort", () => reject(signal.reason))
          )
          : rendezvous.find(topic),
    };
    const [a, b] = [
      member(make, "ps-0", { network, rendezvous: deaf }),
      member(make, "ps-1", { network, rendezvous }),
    ];
    for (const one of [a, b]) await one.host.subscribe("t");
    await b.discovery.advertise("t");
    const bootstrapped = a.discovery.bootstrap("t");
    await time.tickAsync(12_000);
    assertEquals(a.discovery.machine.tick("RefreshingDiscoveries") > 1, true);
    hangs = false;
    await b.discovery.discover("t");
    network.connect("ps-1", "ps-0");
    await time.tickAsync(6000);
    assertEquals(await bootstrapped, 1);
    await Promise.all([a.stop(), b.stop()]);
  },
);

testTwins("one flow a topic; several topics at once; a stop ends them all", async (make) => {
  using time = new FakeTime();
  const [network, rendezvous] = [directNetwork(), new MemoryRendezvous()];
  const one = member(make, "ps-0", { network, rendezvous });
  const waits = ["t", "u", "v"].map((topic) => one.discovery.bootstrap(topic));
  const ends = waits.map((wait) => assertRejects(() => wait));
  await time.tickAsync(300);
  await assertRejects(() => one.discovery.bootstrap("t"), RefusedError);
  await one.stop();
  await Promise.all(ends);
  await time.tickAsync(10_000);
  assertEquals([one.discovery.machine.disposed, one.errors], [true, []]);
  await assertRejects(() => one.discovery.advertise("t"));
});

testTwins("who stops to advertise while it registers is not registered", async (make) => {
  using time = new FakeTime();
  const [network, rendezvous] = [directNetwork(), new MemoryRendezvous()];
  const gate = Promise.withResolvers<void>();
  const slow: Rendezvous = {
    async register(topic, peer) {
      await gate.promise;
      return await rendezvous.register(topic, peer);
    },
    unregister: (topic, id) => rendezvous.unregister(topic, id),
    find: (topic) => rendezvous.find(topic),
  };
  const one = member(make, "ps-0", { network, rendezvous: slow });
  const advertised = one.discovery.advertise("t");
  await one.discovery.stopAdvertising("t");
  gate.resolve();
  await advertised;
  assertEquals(rendezvous.size, 0);
  await time.tickAsync(100_000);
  assertEquals(rendezvous.size, 0);
  await assertRejects(() => one.discovery.stopAdvertising("t"), RefusedError);
  await one.stop();
});

testTwins("a peer that cannot be reached is told, and the others are connected", async (make) => {
  using time = new FakeTime();
  const [network, rendezvous] = [directNetwork(), new MemoryRendezvous()];
  await rendezvous.register("t", { id: "gone", addresses: [] });
  const [a, b] = [
    member(make, "ps-0", {
      network,
      rendezvous,
      connect: (id) =>
        id === "gone"
          ? Promise.reject(new Error("no route"))
          : Promise.resolve(network.connect("ps-0", id)),
    }),
    member(make, "ps-1", { network, rendezvous }),
  ];
  for (const one of [a, b]) await one.host.subscribe("t");
  await b.discovery.advertise("t");
  assertEquals(await a.discovery.discover("t"), 1);
  await time.tickAsync(0);
  assertEquals([await a.host.peers("t"), a.errors], [["ps-1"], ["no route"]]);
  await Promise.all([a.stop(), b.stop()]);
});

testTwins(
  "over the wire: hosts that know only the rendezvous' address find each other",
  async (make) => {
    const [place, ...nodes] = await Promise.all(Array.from({ length: 4 }, startNode));
    const store = new MemoryRendezvous();
    const end = await serveRendezvous(place, store);
    const address = String(place.getMultiaddrs()[0]);
    const got: string[] = [];
    const all = await Promise.all(nodes.map(async (node, index) => {
      const host = make({ id: `ps-${index}`, links: await libp2pLinks(node) });
      await host.subscribe("t", ({ data }) => void got.push(textOf(data)));
      const discovery = createDiscovery({
        id: `ps-${index}-disc`,
        host,
        rendezvous: libp2pRendezvous(node, address),
        self: () => infoOf(node),
        connect: (peer, signal) => dial(node, peer, signal),
        onError: (error) => {
          throw error;
        },
      });
      await discovery.advertise("t");
      return { host, discovery };
    }));
    assertEquals(
      await Promise.all(all.map(({ discovery }) => discovery.bootstrap("t", { peers: 2 }))),
      [2, 2, 2],
    );
    await all[0].host.publish("t", bytes("x"));
    await until("the message", () => got.length === 3);
    for (const { host, discovery } of all) {
      await discovery.stop();
      await host.stop();
    }
    assertEquals(store.size, 0);
    await end();
    await Promise.all([place, ...nodes].map((node) => node.stop()));
  },
);

Deno.test("a rendezvous over the wire refuses what is malformed, and lives", async () => {
  const [place, node] = await Promise.all([startNode(), startNode()]);
  const store = new MemoryRendezvous();
  const end = await serveRendezvous(place, store);
  const address = place.getMultiaddrs()[0];
  const send = async (data: Uint8Array) => {
    const stream = await node.dialProtocol(address, PROTOCOL);
    try {
      await lpStream(stream).write(data);
      return textOf((await lpStream(stream).read()).subarray());
    } catch (error) {
      return (error as Error).name;
    } finally {
      stream.abort(new Error("done"));
    }
  };
  for (
    const text of [
      "no JSON",
      "null",
      "[]",
      "{}",
      '{"do":"erase","topic":"t"}',
      '{"do":"find","topic":7}',
      '{"do":"find","topic":""}',
      `{"do":"find","topic":"${"x".repeat(300)}"}`,
      '{"do":"register","topic":"t"}',
      '{"do":"register","topic":"t","addresses":"all"}',
      '{"do":"register","topic":"t","addresses":[1]}',
      '{"do":"register","topic":"t","addresses":["a","a","a","a","a","a","a","a","a"]}',
    ]
  ) assert((await send(bytes(text))).startsWith('{"error":'), text);
  assertEquals((await send(new Uint8Array(10_000))).includes("error"), false); // cut, unread
  assertEquals(store.size, 0);

  const rendezvous = libp2pRendezvous(node, String(address));
  assertEquals(await rendezvous.register("t", infoOf(node)), 60_000);
  assertEquals(await rendezvous.find("t"), [infoOf(node)]);
  // Nobody can end another's registration: the id is the connection's.
  const other = await startNode();
  await libp2pRendezvous(other, String(address)).unregister("t", infoOf(node).id);
  assertEquals(store.size, 1);
  await rendezvous.unregister("t", infoOf(node).id);
  assertEquals(store.size, 0);
  // A peer that names another's address is not dialled.
  await assertRejects(
    () => dial(node, { id: "other", addresses: [String(address)] }, AbortSignal.timeout(1000)),
    RendezvousError,
  );
  await end();
  await assertRejects(() => rendezvous.find("t"));
  await Promise.all([place, node, other].map((one) => one.stop()));
});

Deno.test("MemoryRendezvous forgets what has ended, and has limits", async () => {
  using time = new FakeTime();
  const rendezvous = new MemoryRendezvous({ ttl: 1000, topics: 2, found: 2 });
  const peer = (id: string) => ({ id, addresses: [] });
  for (const id of ["a", "b", "c", "a"]) await rendezvous.register("t", peer(id));
  assertEquals((await rendezvous.find("t")).map(({ id }) => id), ["c", "a"]);
  await rendezvous.register("u", peer("a"));
  await assertRejects(() => rendezvous.register("v", peer("a")), Error, "2 topics");
  await rendezvous.unregister("t", "nobody");
  await time.tickAsync(1000);
  assertEquals([rendezvous.size, await rendezvous.find("t")], [0, []]);
});
