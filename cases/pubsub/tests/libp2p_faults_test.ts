/** The same kinds of faults, over tcp and noise, by peers that speak the protocol badly. */
import { assertEquals } from "@std/assert";
import { encode } from "it-length-prefixed";
import { RPC } from "@libp2p/gossipsub/message";
import type { Libp2p, Stream } from "@libp2p/interface";
import type { Host, HostOptions } from "../host/host.ts";
import { changesFrame } from "../host/rpc.ts";
import { FLOODSUB, libp2pLinks } from "../links/libp2p.ts";
import { startNode } from "../links/node.ts";
import { bytes, type MakeHost, testTwins, textOf, until } from "./twins.ts";

interface Peer {
  readonly node: Libp2p;
  readonly host: Host;
  readonly name: string;
  readonly got: string[];
  readonly errors: string[];
}

/** A host on a node of its own, which subscribes to "t". */
async function start(
  make: MakeHost,
  { id = "ps", limits, queue, wrap = (node: Libp2p) => node }: {
    id?: string;
    limits?: HostOptions["limits"];
    queue?: number;
    wrap?: (node: Libp2p) => Libp2p;
  } = {},
): Promise<Peer> {
  const node = await startNode();
  const errors: string[] = [];
  const links = await libp2pLinks(wrap(node), { frame: 100_000, queue });
  const host = make({ id, links, limits, onError: (error) => errors.push(error.message) });
  const got: string[] = [];
  await host.subscribe("t", ({ data }) => void got.push(textOf(data)));
  return { node, host, got, errors, name: node.peerId.toString() };
}

async function stop(...peers: { host?: Host; node: Libp2p }[]) {
  await Promise.all(peers.map(({ host }) => host?.stop()));
  await Promise.all(peers.map(({ node }) => node.stop()));
}

/** A peer in the test's hands: it opens a stream, and takes the host's. */
async function raw(to: Peer, take: (stream: Stream) => void = (stream) => void drain(stream)) {
  const node = await startNode();
  await node.handle(FLOODSUB, take);
  const connection = await node.dial(to.node.getMultiaddrs());
  const stream = await connection.newStream(FLOODSUB);
  return {
    node,
    stream,
    connection,
    name: node.peerId.toString(),
    send: (frame: Uint8Array) => void stream.send(encode.single(frame)),
  };
}

async function drain(stream: Stream) {
  try {
    for await (const _ of stream);
  } catch {
    // It ends as the test wants it to.
  }
}

const message = (text: string) =>
  RPC.encode({ subscriptions: [], messages: [{ topic: "t", data: bytes(text) }] });
const HELLO = changesFrame([{ topic: "t", on: true }]);
const knows = async (peer: Peer, name: string) => (await peer.host.peers("t")).includes(name);
const link = (a: Peer, b: Peer) => a.node.dial(b.node.getMultiaddrs());

const BROKEN: Readonly<Record<string, Uint8Array>> = {
  "no protobuf": encode.single(new Uint8Array([1, 2, 3, 4])).subarray(),
  "an oversized frame": encode.single(new Uint8Array(100_001)).subarray(),
  "only the length of an oversized frame": new Uint8Array([255, 255, 255, 127]),
  "a length without end": new Uint8Array(1_000_000).fill(128),
};

for (const [what, sent] of Object.entries(BROKEN)) {
  testTwins(`who sends ${what} is cut, and the others stay`, async (make) => {
    const [a, b] = await Promise.all([start(make), start(make)]);
    await link(a, b);
    await until("the link", () => knows(a, b.name));
    const bad = await raw(a);
    bad.send(HELLO);
    await until("the bad peer's hello", () => knows(a, bad.name));
    try {
      bad.stream.send(sent);
    } catch {
      // The host may be quicker.
    }
    await until("the cut", async () => !(await a.host.peers()).includes(bad.name));
    await until("its connection's end", () => bad.connection.status === "closed");
    assertEquals([a.errors.length, a.host.counts.errors], [1, 1]);
    await until("the other's subscription", () => knows(b, a.name));
    await b.host.publish("t", bytes("fine"));
    await until("the message", () => a.got.length > 0);
    assertEquals(a.got, ["fine"]);
    await stop(a, b, bad);
  });
}

testTwins("frames that come in pieces, and many in one piece, are read", async (make) => {
  const a = await start(make);
  const peer = await raw(a);
  const all = [HELLO, ...Array.from({ length: 50 }, (_, index) => message(`${index}`))]
    .map((frame) => encode.single(frame).subarray());
  const whole = new Uint8Array(all.flatMap((one) => [...one]));
  for (let at = 0; at < 60; at++) {
    peer.stream.send(whole.subarray(at, at + 1));
    if (at % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  peer.stream.send(whole.subarray(60));
  await until("all messages", () => a.got.length === 50);
  assertEquals(a.got, Array.from({ length: 50 }, (_, index) => `${index}`));
  await stop(a, peer);
});

testTwins("a hello that comes before the own stream is open is not lost", async (make) => {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  // The host's own stream opens only when the gate does.
  const late = (node: Libp2p): Libp2p =>
    new Proxy(node, {
      get(target, key) {
        const value = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        if (key !== "getConnections") return value.bind(target);
        return (...args: Parameters<Libp2p["getConnections"]>) =>
          target.getConnections(...args).map((connection) =>
            new Proxy(connection, {
              get(one, name) {
                if (name !== "newStream") return Reflect.get(one, name);
                return async (protocol: string) => {
                  asked.resolve();
                  await gate.promise;
                  return await one.newStream(protocol);
                };
              },
            })
          );
      },
    });
  const a = await start(make, { wrap: late });
  const peer = await raw(a);
  peer.send(HELLO);
  peer.send(message("early"));
  await asked.promise;
  // What was sent has arrived; the host does not know the peer yet.
  await until(
    "the hello's arrival",
    () =>
      a.node.getConnections().some(({ streams }) =>
        streams.some(({ protocol, direction, readBufferLength }) =>
          protocol === FLOODSUB && direction === "inbound" && readBufferLength > 0
        )
      ),
  );
  assertEquals([await a.host.peers(), a.got], [[], []]);
  gate.resolve();
  await until("the peer", () => knows(a, peer.name));
  await until("the early message", () => a.got.length > 0);
  assertEquals(a.got, ["early"]);
  await stop(a, peer);
});

testTwins("a killed connection: both forget each other, and a new one serves", async (make) => {
  const [a, b] = await Promise.all([start(make), start(make)]);
  await link(a, b);
  await until("the link", async () => await knows(a, b.name) && await knows(b, a.name));
  for (const connection of a.node.getConnections()) connection.abort(new Error("killed"));
  await until(
    "the end",
    async () => (await a.host.peers()).length === 0 && (await b.host.peers()).length === 0,
  );
  await link(b, a);
  await until("the new link", async () => await knows(a, b.name) && await knows(b, a.name));
  await a.host.publish("t", bytes("back"));
  await until("the message", () => b.got.length > 0);
  assertEquals(b.got, ["back"]);
  await stop(a, b);
});

testTwins("two connections of one peer: one link, every message once; one may go", async (make) => {
  const [a, b] = await Promise.all([start(make), start(make)]);
  await Promise.all([
    a.node.dial(b.node.getMultiaddrs(), { force: true }),
    b.node.dial(a.node.getMultiaddrs(), { force: true }),
  ]);
  await until("both connections", () => a.node.getConnections(b.node.peerId).length === 2);
  await until("the link", async () => await knows(a, b.name) && await knows(b, a.name));
  await a.host.publish("t", bytes("one"));
  await until("the message", () => b.got.length > 0);
  assertEquals([await a.host.peers(), b.got], [[b.name], ["one"]]);
  // The one that carries the streams.
  const carries = a.node.getConnections(b.node.peerId).filter(({ streams }) =>
    streams.some(({ protocol, direction }) => protocol === FLOODSUB && direction === "outbound")
  );
  assertEquals(carries.length, 1);
  carries[0].abort(new Error("killed"));
  await until(
    "the other connection's turn",
    async () =>
      a.node.getConnections(b.node.peerId).length === 1 && await knows(a, b.name) &&
      await knows(b, a.name) &&
      await a.host.publish("t", bytes(`again ${Date.now()}`)).then(() => true, () => false) &&
      b.got.length > 1,
  );
  assertEquals(new Set(b.got).size, b.got.length);
  await stop(a, b);
});

testTwins(
  "a stream that breaks while the connection stands is opened again, with a hello",
  async (make) => {
    const a = await start(make);
    const streams: Stream[] = [];
    const peer = await raw(a, (stream) => {
      streams.push(stream);
      void drain(stream);
    });
    peer.send(HELLO);
    await until("the host's stream", () => streams.length === 1);
    await until("the peer", () => knows(a, peer.name));
    streams[0].abort(new Error("broken"));
    await until("another stream", () => streams.length === 2);
    // Its subscriptions went with the link: the peer says hello again, on a stream of its own.
    const again = await peer.connection.newStream(FLOODSUB);
    again.send(encode.single(HELLO));
    await until("the peer again", () => knows(a, peer.name));
    // One that breaks it for ever is left alone.
    for (let index = 1; index < 4; index++) {
      await until(`stream ${index}`, () => streams.length > index);
      streams[index].abort(new Error("broken"));
    }
    await until("the end", async () => (await a.host.peers()).length === 0);
    assertEquals(streams.length, 4);
    await stop(a, peer);
  },
);

testTwins(
  "a frozen peer is cut when its link is full for long; the others miss nothing",
  async (make) => {
    const options = { limits: { dropped: 20 }, queue: 100_000 };
    const [a, b] = await Promise.all([start(make, options), start(make, options)]);
    await link(a, b);
    const frozen = await raw(a, (stream) => stream.pause());
    frozen.send(HELLO);
    await until("both", async () => await knows(a, b.name) && await knows(a, frozen.name));
    const payload = "x".repeat(50_000);
    let sent = 0;
    await until("the cut", async () => {
      await a.host.publish("t", bytes(`${sent++} ${payload}`));
      await until("the other peer", () => b.got.length === sent);
      return !(await a.host.peers()).includes(frozen.name);
    });
    assertEquals([a.host.counts.errors, a.host.counts.dropped], [1, 21]);
    await a.host.publish("t", bytes("more"));
    await until("the next message", () => b.got.length === sent + 1);
    await stop(a, b, frozen);
  },
);

testTwins("a slow peer gets everything in the end, in order", async (make) => {
  const a = await start(make);
  const sizes: number[] = [];
  const slow = await raw(a, async (stream) => {
    for await (const chunk of stream) {
      stream.pause();
      sizes.push(chunk.byteLength);
      await new Promise((resolve) => setTimeout(resolve, 5));
      stream.resume();
    }
  });
  slow.send(HELLO);
  await until("the peer", () => knows(a, slow.name));
  const before = sizes.reduce((sum, size) => sum + size, 0);
  let bytesSent = 0;
  for (let index = 0; index < 40; index++) {
    const data = bytes(`${index} ${"x".repeat(10_000)}`);
    const frame = RPC.encode({ subscriptions: [], messages: [{ topic: "t", data }] });
    bytesSent += encode.single(frame).byteLength;
    assertEquals(await a.host.publish("t", data), 1);
  }
  await until(
    "the last byte",
    () => sizes.reduce((sum, size) => sum + size, 0) - before >= bytesSent,
  );
  assertEquals([a.host.counts.dropped, a.host.counts.errors], [0, 0]);
  await stop(a, slow);
});

testTwins("a peer that leaves while others publish harms nobody", async (make) => {
  const [a, b, c] = await Promise.all(["a", "b", "c"].map((id) => start(make, { id })));
  await link(a, b);
  await link(a, c);
  await until("the links", async () => await knows(a, b.name) && await knows(a, c.name));
  for (let index = 0; index < 60; index++) {
    await a.host.publish("t", bytes(`${index}`));
    if (index === 20) void c.node.stop();
  }
  await until("all messages", () => b.got.length === 60);
  await until("the end of the other", async () => (await a.host.peers()).length === 1);
  assertEquals(b.got, Array.from({ length: 60 }, (_, index) => `${index}`));
  await stop(a, b, c);
});

testTwins("a stopped host's peers forget it; its node lives on", async (make) => {
  const [a, b] = await Promise.all([start(make), start(make)]);
  await link(a, b);
  await until("the link", () => knows(b, a.name));
  await a.host.stop();
  await until("the end", async () => (await b.host.peers()).length === 0);
  await link(a, b); // no host there any more
  assertEquals(await b.host.peers(), []);
  assertEquals(a.node.status, "started");
  await stop(a, b);
});
