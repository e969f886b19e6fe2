/** What goes wrong in a network, made on purpose in a direct one: against both hosts. */
import { assert, assertEquals } from "@std/assert";
import { RPC } from "@libp2p/gossipsub/message";
import type { Host } from "../host/host.ts";
import type { Links, Receiver } from "../host/links.ts";
import { changesFrame } from "../host/rpc.ts";
import { directNetwork } from "../links/direct.ts";
import { bytes, type MakeHost, rest, testTwins, textOf, until } from "./twins.ts";

/** A host whose links are in the test's hands. */
async function alone(make: MakeHost, take: (peer: string) => boolean = () => true) {
  const sent: { peer: string; rpc: RPC }[] = [];
  const closed: string[] = [];
  const errors: string[] = [];
  let receiver!: Receiver;
  const links: Links = {
    listen: (one) => void (receiver = one),
    send(peer, frame) {
      if (!take(peer)) return false;
      sent.push({ peer, rpc: RPC.decode(frame) });
      return true;
    },
    close: (peer) => void closed.push(peer),
    stop: () => Promise.resolve(),
  };
  const got: string[] = [];
  const host = make({
    id: "ps",
    links,
    limits: { frame: 4096, entries: 10, topicsPerPeer: 20, peers: 3, seen: 8, dropped: 5 },
    onError: (error) => errors.push(error.message),
  });
  await host.subscribe("t", ({ data }) => void got.push(textOf(data)));
  return { host, receiver, sent, closed, errors, got };
}

const message = (text: string, topic = "t") =>
  RPC.encode({ subscriptions: [], messages: [{ topic, data: bytes(text) }] });

const BROKEN: Readonly<Record<string, Uint8Array>> = {
  "no protobuf": new Uint8Array([1, 2, 3, 4]),
  "cut off": message("hello").subarray(0, -1),
  "a length beyond the end": new Uint8Array([18, 255, 255, 255, 127]),
  "an endless number": new Uint8Array(20).fill(255),
  "too large": message("x".repeat(5000)),
  "too many subscriptions": changesFrame(
    Array.from({ length: 11 }, (_, index) => ({ topic: `t${index}`, on: true })),
  ),
  "too many messages": RPC.encode({
    subscriptions: [],
    messages: Array.from({ length: 11 }, () => ({ topic: "t", data: bytes("x") })),
  }),
  "a nameless topic": changesFrame([{ topic: "", on: true }]),
  "an endless topic": changesFrame([{ topic: "x".repeat(300), on: true }]),
};

for (const [what, frame] of Object.entries(BROKEN)) {
  testTwins(`a malformed RPC closes its sender's link and no other: ${what}`, async (make) => {
    const { host, receiver, closed, errors, got } = await alone(make);
    receiver.connected("good");
    receiver.connected("bad");
    receiver.incoming("bad", frame);
    assertEquals([closed, errors.length], [["bad"], 1]);
    receiver.incoming("bad", message("late")); // no longer a peer
    receiver.disconnected("bad");
    receiver.incoming("good", message("fine"));
    await rest();
    assertEquals([await host.peers(), got, host.counts.errors], [["good"], ["fine"], 1]);
    await host.stop();
  });
}

testTwins("invalid messages are refused, and their sender stays", async (make) => {
  const { host, receiver, closed, sent, got } = await alone(make);
  receiver.connected("a");
  receiver.connected("b");
  receiver.incoming(
    "b",
    changesFrame([{ topic: "t", on: true }, { topic: "", on: true }].slice(0, 1)),
  );
  sent.length = 0;
  const data = bytes("x");
  for (
    const one of [
      { topic: "", data },
      { topic: "x".repeat(300), data },
      { topic: "t", data, from: bytes("me") },
      { topic: "t", data, seqno: bytes("1") },
      { topic: "t", data, signature: bytes("me"), key: bytes("me") },
    ]
  ) receiver.incoming("a", RPC.encode({ subscriptions: [], messages: [one] }));
  receiver.incoming("a", new Uint8Array(0)); // says nothing
  await rest();
  assertEquals([got, closed, sent, host.counts.received], [[], [], [], 0]);
  receiver.incoming("a", RPC.encode({ subscriptions: [], messages: [{ topic: "t" }] }));
  await rest();
  assertEquals([got, sent.map(({ peer }) => peer)], [[""], ["b"]]); // no data is empty data
  await host.stop();
});

testTwins("a message is handed on to all who subscribe but the one it came from", async (make) => {
  const { host, receiver, sent } = await alone(make);
  for (const peer of ["a", "b"]) {
    receiver.connected(peer);
    receiver.incoming(peer, changesFrame([{ topic: "t", on: true }]));
  }
  receiver.connected("c");
  sent.length = 0;
  receiver.incoming("a", message("x"));
  await rest();
  assertEquals(sent.map(({ peer }) => peer), ["b"]);
  await host.stop();
});

testTwins("any bytes at all: the host lives, and takes what is right", async (make) => {
  const { host, receiver, got } = await alone(make);
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  const whole = RPC.encode({
    subscriptions: [{ topic: "t", subscribe: true }],
    messages: [{ topic: "t", data: bytes("y") }],
  });
  for (let round = 0; round < 3000; round++) {
    receiver.connected("bad");
    const frame = round % 2 === 0
      ? Uint8Array.from({ length: random(40) }, () => random(256))
      : whole.map((byte) => random(10) === 0 ? random(256) : byte);
    receiver.incoming("bad", frame);
    receiver.disconnected("bad");
  }
  receiver.connected("good");
  receiver.incoming("good", message("fine"));
  await rest();
  assertEquals([await host.peers(), got.at(-1)], [["good"], "fine"]);
  await host.stop();
});

testTwins("a peer with endless topics is cut", async (make) => {
  const { host, receiver, closed } = await alone(make);
  receiver.connected("bad");
  for (let index = 0; index < 21; index++) {
    assertEquals(closed, []);
    receiver.incoming("bad", changesFrame([{ topic: `t${index}`, on: true }]));
  }
  assertEquals([closed, await host.peers()], [["bad"], []]);
  await host.stop();
});

testTwins("an RPC that gets its sender cut has no messages", async (make) => {
  const { host, receiver, closed, got } = await alone(make);
  receiver.connected("bad");
  const changes = (from: number) =>
    Array.from({ length: 10 }, (_, index) => ({ topic: `t${from + index}`, subscribe: true }));
  for (const from of [0, 10]) {
    receiver.incoming("bad", RPC.encode({ subscriptions: changes(from), messages: [] }));
  }
  receiver.incoming(
    "bad",
    RPC.encode({ subscriptions: changes(20), messages: [{ topic: "t", data: bytes("x") }] }),
  );
  await rest();
  assertEquals([closed, got], [["bad"], []]);
  await host.stop();
});

testTwins("more peers than the limit are not taken", async (make) => {
  const { host, receiver, closed } = await alone(make);
  for (const peer of ["a", "b", "c", "d"]) receiver.connected(peer);
  assertEquals([closed, await host.peers()], [["d"], ["a", "b", "c"]]);
  await host.stop();
});

testTwins("a second connection of a peer changes nothing, and is not closed", async (make) => {
  const { host, receiver, closed, sent } = await alone(make);
  receiver.connected("a");
  receiver.incoming("a", changesFrame([{ topic: "t", on: true }]));
  receiver.connected("a");
  assertEquals([closed, sent.length, await host.peers("t")], [[], 1, ["a"]]);
  await host.stop();
});

testTwins("frames of a peer that is not connected are ignored", async (make) => {
  const { host, receiver, got, closed } = await alone(make);
  receiver.incoming("ghost", message("boo"));
  receiver.incoming("ghost", new Uint8Array([1, 2, 3]));
  receiver.failed("ghost", new Error("no frame"));
  receiver.disconnected("ghost");
  await rest();
  assertEquals([got, closed, await host.peers()], [[], [], []]);
  await host.stop();
});

testTwins("the ids that are remembered have a bound", async (make) => {
  const { host, receiver, got } = await alone(make);
  receiver.connected("a");
  for (let index = 0; index < 20; index++) receiver.incoming("a", message(`${index}`));
  receiver.incoming("a", message("19"));
  receiver.incoming("a", message("0")); // forgotten long ago
  await rest();
  assertEquals([got.length, got.at(-1)], [21, "0"]);
  await host.stop();
});

testTwins("a change of subscriptions reaches a peer whose link was full", async (make) => {
  let full = false;
  const { host, receiver, sent } = await alone(make, (peer) => peer !== "slow" || !full);
  receiver.connected("slow");
  receiver.connected("fast");
  sent.length = 0;
  full = true;
  const subscription = await host.subscribe("u");
  await rest();
  assertEquals(sent.map(({ peer }) => peer), ["fast"]);
  full = false;
  await until("the change", () => sent.some(({ peer }) => peer === "slow"));
  assertEquals(sent.at(-1)!.rpc.subscriptions, [{ topic: "u", subscribe: true }]);
  // What it is told is what holds by then: no change comes late and wrong.
  full = true;
  await subscription.cancel();
  await host.subscribe("u");
  full = false;
  sent.length = 0;
  await until("both changes", () => sent.filter(({ peer }) => peer === "slow").length === 2);
  assertEquals(sent.at(-1)!.rpc.subscriptions, [{ topic: "u", subscribe: true }]);
  await host.stop();
});

testTwins("who does not even take the hello is cut", async (make) => {
  const { host, receiver, closed, sent } = await alone(make, (peer) => peer !== "frozen");
  receiver.connected("good");
  receiver.incoming("good", changesFrame([{ topic: "u", on: true }]));
  assertEquals(closed, []);
  receiver.connected("frozen"); // not even a hello
  await rest();
  assertEquals([closed, await host.peers()], [["frozen"], ["good"]]);
  assert(sent.length > 0);
  await host.stop();
});

/** Hosts that are all linked, and subscribe to "t". */
async function mesh(make: MakeHost, count: number) {
  const network = directNetwork();
  const names = Array.from({ length: count }, (_, index) => `ps-${index}`);
  const got = names.map((): string[] => []);
  const hosts = names.map((id): Host =>
    make({ id, links: network.links(id), limits: { dropped: 50 } })
  );
  for (const [index, host] of hosts.entries()) {
    await host.subscribe("t", ({ data }) => void got[index].push(textOf(data)));
    for (const other of names.slice(0, index)) network.connect(other, names[index]);
  }
  await rest();
  return { network, hosts, got, names, stop: () => Promise.all(hosts.map((host) => host.stop())) };
}

testTwins("a slow peer gets everything in the end, the others at once", async (make) => {
  const { network, hosts, got, stop } = await mesh(make, 3);
  network.freeze("ps-2");
  for (let index = 0; index < 100; index++) await hosts[0].publish("t", bytes(`${index}`));
  await rest();
  assertEquals([got[1].length, got[2].length], [100, 0]);
  network.thaw("ps-2");
  await rest();
  assertEquals(got[2], got[1]);
  assertEquals([hosts[0].counts.dropped, hosts[0].counts.errors], [0, 0]);
  await stop();
});

testTwins(
  "a frozen peer is cut when its link has been full for long; the others miss nothing",
  async (make) => {
    const { network, hosts, got, stop } = await mesh(make, 3);
    network.freeze("ps-2");
    for (let index = 0; index < 330; index++) {
      await hosts[0].publish("t", bytes(`${index}`));
      await rest();
    }
    assertEquals(got[1].length, 330);
    assertEquals(await hosts[0].peers(), ["ps-1"]);
    assertEquals([hosts[0].counts.dropped, hosts[0].counts.errors], [51, 1]);
    network.thaw("ps-2"); // it hears that it was cut, and can come back
    await rest();
    assertEquals(await hosts[2].peers(), []);
    network.connect("ps-0", "ps-2");
    await rest();
    await hosts[0].publish("t", bytes("again"));
    await rest();
    assertEquals(got[2].at(-1), "again");
    await stop();
  },
);

testTwins(
  "a killed link: messages go round it, and straight again when it is back",
  async (make) => {
    const { network, hosts, got, stop } = await mesh(make, 4);
    network.disconnect("ps-0", "ps-1");
    await rest();
    assertEquals(await hosts[0].peers("t"), ["ps-2", "ps-3"]);
    await hosts[0].publish("t", bytes("round"));
    await rest();
    network.connect("ps-0", "ps-1");
    await rest();
    assertEquals((await hosts[0].peers("t")).sort(), ["ps-1", "ps-2", "ps-3"]);
    await hosts[1].publish("t", bytes("straight"));
    await rest();
    assertEquals(got, got.map(() => ["round", "straight"]));
    await stop();
  },
);

testTwins("peers leave while others publish: who stays gets everything, once", async (make) => {
  const { hosts, got, stop } = await mesh(make, 6);
  const sent: string[] = [];
  const published: Promise<unknown>[] = [];
  for (let index = 0; index < 60; index++) {
    const text = `${index}`;
    sent.push(text);
    published.push(hosts[index % 3].publish("t", bytes(text)));
    if (index === 20) published.push(hosts[5].stop());
    if (index === 40) published.push(hosts[4].stop());
    if (index % 7 === 0) await rest();
  }
  await Promise.all(published);
  await rest();
  const order = (texts: string[]) => texts.toSorted((a, b) => +a - +b);
  for (const one of got.slice(0, 4)) assertEquals(order(one), sent);
  for (const one of got) assertEquals(new Set(one).size, one.length);
  assertEquals((await hosts[0].peers()).sort(), ["ps-1", "ps-2", "ps-3"]);
  await stop();
});

testTwins("a publisher that leaves: what it handed out reaches all who stay", async (make) => {
  const { hosts, got, stop } = await mesh(make, 4);
  const published = Array.from(
    { length: 10 },
    (_, index) => hosts[0].publish("t", bytes(`${index}`)),
  );
  const gone = hosts[0].stop();
  await Promise.all([...published, gone]);
  await rest();
  const [, first, ...others] = got.map((texts) => texts.toSorted());
  for (const one of others) assertEquals(one, first);
  await stop();
});
