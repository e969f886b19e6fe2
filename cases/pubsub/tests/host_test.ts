/** What a host does, in a direct network. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Machine } from "@asyncmachine/asyncmachine";
import { type Host, HostRefusedError } from "../host/host.ts";
import { createHost } from "../host/machine_host.ts";
import { hashOf, type Message } from "../host/rpc.ts";
import { directNetwork } from "../links/direct.ts";
import { bytes, type MakeHost, rest, testTwins, textOf } from "./twins.ts";

/** Hosts in a row: each is linked to the next. */
async function row(make: MakeHost, count: number) {
  const network = directNetwork();
  const errors: string[] = [];
  const hosts = Array.from({ length: count }, (_, index) =>
    make({
      id: `ps-${index}`,
      links: network.links(`ps-${index}`),
      onError: (error) => errors.push(error.message),
    }));
  for (let index = 1; index < count; index++) network.connect(`ps-${index - 1}`, `ps-${index}`);
  await rest();
  return {
    network,
    hosts,
    errors,
    async [Symbol.asyncDispose]() {
      await Promise.all(hosts.map((host) => host.stop()));
      assertEquals(network.size, 0);
    },
  };
}

const message = (text: string): Message => ({
  id: text,
  topic: "t",
  data: bytes(text),
  peer: "",
  signed: false,
});

/** Collects what a host receives. */
async function collect(host: Host, topic: string): Promise<string[]> {
  const got: string[] = [];
  await host.subscribe(topic, ({ data }) => void got.push(textOf(data)));
  return got;
}

testTwins("a message reaches all subscribers over several hops, once each", async (make) => {
  await using swarm = await row(make, 5);
  swarm.network.connect("ps-0", "ps-4"); // a ring: every message comes twice
  const got = await Promise.all(swarm.hosts.map((host) => collect(host, "news")));
  await rest();
  assertEquals(await swarm.hosts[2].publish("news", bytes("one")), 2);
  await rest();
  assertEquals(await swarm.hosts[0].publish("news", bytes("two")), 2);
  await rest();
  assertEquals(got, got.map(() => ["one", "two"]));
  assertEquals(swarm.hosts[0].counts.received, 1);
  assert(swarm.hosts[0].counts.handed > 1);
});

testTwins("a topic's messages stay among its subscribers", async (make) => {
  await using swarm = await row(make, 3);
  const [a, b, c] = swarm.hosts;
  const news = await collect(c, "news");
  const other = await collect(b, "other");
  await rest();
  // b lies between, and does not subscribe
  await assertRejects(() => a.publish("news", bytes("x")), HostRefusedError);
  assertEquals(await a.publish("other", bytes("y")), 1);
  const relay = await b.subscribe("news");
  await rest();
  assertEquals(await a.publish("news", bytes("z")), 1);
  await rest();
  assertEquals([news, other], [["z"], ["y"]]);
  await relay.cancel();
  await rest();
  await assertRejects(() => a.publish("news", bytes("w")), HostRefusedError);
});

testTwins(
  "several subscriptions to a topic are announced once, and end one by one",
  async (make) => {
    await using swarm = await row(make, 2);
    const [a, b] = swarm.hosts;
    const got: number[] = [];
    const first = await b.subscribe("t", () => void got.push(1));
    const second = await b.subscribe("t", () => void got.push(2));
    assertEquals(await b.topics(), ["t"]);
    await rest();
    await a.publish("t", bytes("a"));
    await rest();
    await first.cancel();
    await rest();
    await a.publish("t", bytes("b"));
    await rest();
    assertEquals(got, [1, 2, 2]);
    await second.cancel();
    await rest();
    assertEquals([await b.topics(), await a.peers("t")], [[], []]);
    await assertRejects(() => second.cancel(), HostRefusedError);
  },
);

testTwins("what is published or subscribed to in vain is refused", async (make) => {
  await using swarm = await row(make, 1);
  const [host] = swarm.hosts;
  await assertRejects(() => host.publish("t", bytes("nobody")), HostRefusedError);
  await assertRejects(() => host.subscribe(""), HostRefusedError);
  await assertRejects(() => host.subscribe("x".repeat(257)), HostRefusedError);
});

testTwins("the same message is not published twice, nor one beyond the limit", async (make) => {
  await using swarm = await row(make, 2);
  const [a, b] = swarm.hosts;
  const got = await collect(b, "t");
  await rest();
  await a.publish("t", bytes("x"));
  await assertRejects(() => a.publish("t", bytes("x")), HostRefusedError);
  await rest();
  // Nothing is published that a peer would cut the host for.
  const limit = 1 << 20;
  for (const length of [limit, limit - 1, limit - 20]) {
    await assertRejects(() => a.publish("t", new Uint8Array(length)), HostRefusedError);
  }
  await a.publish("t", new Uint8Array(limit - 100));
  await rest();
  assertEquals(got.splice(1)[0].length, limit - 100);
  assertEquals(swarm.errors, []);
  await assertRejects(() => b.publish("t", bytes("x")), HostRefusedError);
  assertEquals(got, ["x"]);
});

testTwins("a host has no more topics than its peers take", async (make) => {
  await using swarm = await row(make, 2);
  const [a, b] = swarm.hosts;
  for (let index = 0; index < 1000; index++) await a.subscribe(`t${index}`);
  await assertRejects(() => a.subscribe("one more"), HostRefusedError);
  await a.subscribe("t0", () => {});
  swarm.network.disconnect("ps-0", "ps-1");
  await rest();
  swarm.network.connect("ps-0", "ps-1"); // the hello has all of them
  await rest();
  assertEquals([await b.peers("t0"), await b.peers("t999"), swarm.errors], [
    ["ps-0"],
    ["ps-0"],
    [],
  ]);
});

testTwins("a validator refuses messages, and one that throws, too", async (make) => {
  await using swarm = await row(make, 3);
  const [a, b, c] = swarm.hosts;
  const got = await Promise.all([collect(b, "t"), collect(c, "t")]);
  await b.addValidator("t", ({ data }) => {
    if (data.length === 3) throw new Error("three");
    return data.length < 5;
  });
  await rest();
  for (const text of ["good", "invalid", "bad"]) await a.publish("t", bytes(text));
  await rest();
  assertEquals(got, [["good"], ["good"]]); // b hands on nothing else
  assertEquals(swarm.errors, ["three"]);
  await b.removeValidator("t");
  await a.publish("t", bytes("anything"));
  await rest();
  assertEquals(got[1], ["good", "anything"]);
});

testTwins("a receiver that throws harms nobody", async (make) => {
  await using swarm = await row(make, 3);
  const [a, b, c] = swarm.hosts;
  await b.subscribe("t", () => {
    throw new Error("receiver");
  });
  const got = await Promise.all([collect(b, "t"), collect(c, "t")]);
  await rest();
  await a.publish("t", bytes("x"));
  await rest();
  assertEquals(got, [["x"], ["x"]]);
  assertEquals(swarm.errors, ["receiver"]);
});

testTwins("a receiver may publish, subscribe and stop the host", async (make) => {
  await using swarm = await row(make, 2);
  const [a, b] = swarm.hosts;
  const pongs = await collect(a, "pong");
  const done: Promise<unknown>[] = [];
  await b.subscribe("ping", () => {
    done.push(b.publish("pong", bytes("pong")), b.subscribe("more"));
    done.push(Promise.all(done).then(() => b.stop()));
  });
  await rest();
  await a.publish("ping", bytes("ping"));
  await rest();
  await Promise.all(done);
  await rest();
  assertEquals(pongs, ["pong"]);
  assertEquals(await a.peers(), []);
  await assertRejects(() => b.publish("pong", bytes("late")), HostRefusedError);
});

testTwins("who comes late learns the topics from the hello", async (make) => {
  await using swarm = await row(make, 2);
  const got = await collect(swarm.hosts[1], "t");
  const late = make({ id: "late", links: swarm.network.links("late") });
  swarm.network.connect("late", "ps-1");
  await rest();
  assertEquals(await late.peers("t"), ["ps-1"]);
  await late.publish("t", bytes("x"));
  await rest();
  assertEquals(got, ["x"]);
  await late.stop();
  await rest();
  assertEquals(await swarm.hosts[1].peers(), ["ps-0"]);
});

testTwins("a blacklisted peer is cut, and not taken again", async (make) => {
  await using swarm = await row(make, 2);
  const [a, b] = swarm.hosts;
  await a.blacklist("ps-1");
  await rest();
  assertEquals([await a.peers(), await b.peers()], [[], []]);
  swarm.network.connect("ps-1", "ps-0");
  await rest();
  assertEquals([await a.peers(), await b.peers(), swarm.network.size], [[], [], 0]);
});

testTwins("a stopped host refuses all, and stops twice", async (make) => {
  await using swarm = await row(make, 2);
  const [host] = swarm.hosts;
  await Promise.all([host.stop(), host.stop()]);
  for (
    const ask of [
      () => host.publish("t", bytes("x")),
      () => host.subscribe("t"),
      () => host.peers(),
      () => host.topics(),
      () => host.addValidator("t", () => true),
      () => host.removeValidator("t"),
      () => host.blacklist("x"),
    ]
  ) await assertRejects(ask, HostRefusedError);
  await rest();
  assertEquals(await swarm.hosts[1].peers(), []);
});

Deno.test("a host whose machine's parent ends leaves the network", async () => {
  const network = directNetwork();
  const parent = new Machine({ Start: {} });
  const host = createHost({ id: "ps-0", links: network.links("ps-0"), machine: { parent } });
  const other = createHost({ id: "ps-1", links: network.links("ps-1") });
  network.connect("ps-0", "ps-1");
  await rest();
  assertEquals(await other.peers(), ["ps-0"]);
  parent.dispose();
  await rest();
  assertEquals([await other.peers(), network.size], [[], 0]);
  await host.stop();
  await other.stop();
});

Deno.test("the machine's states say what a host can do", async () => {
  const network = directNetwork();
  const [a, b] = ["a", "b"].map((id) => createHost({ id, links: network.links(id) }));
  assertEquals(a.machine.activeStates(), ["Start", "Accepting"]);
  network.connect("a", "b");
  await a.machine.when("Ready");
  assertEquals(a.machine.canAdd("PublishMessage", message("a")), false); // nobody subscribes
  const announced = b.machine.whenArgs("TopicAnnounced", { topic: "t" });
  const known = a.machine.whenArgs("PeerTopics", { peer: "b" });
  await b.subscribe("t");
  await Promise.all([announced, known]);
  assertEquals(a.machine.canAdd("PublishMessage", message("a")), true);
  await a.publish("t", bytes("a"));
  await rest();
  // What was seen is a refused negotiation, and says who refused.
  const seen = { ...message("a"), id: hashOf("t", bytes("a")), peer: "a" };
  assertEquals(b.machine.add("MessageReceived", seen), "canceled");
  assertStringIncludes(b.machine.explain()!.message, "MessageReceivedEnter");
  await b.stop();
  await a.machine.whenNot("Ready");
  assertEquals(a.machine.is("PublishMessage"), false);
  await a.stop();
  assertEquals([a.machine.disposed, a.machine.timers()], [true, []]);
});
