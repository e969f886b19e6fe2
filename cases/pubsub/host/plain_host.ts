/** The same host by hand: plain asynchronous TypeScript, to compare with. */
import { type Host, type HostOptions, HostRefusedError, type Receive } from "./host.ts";
import type { Receiver } from "./links.ts";
import { fits, isTopic, type Message, type Rpc } from "./rpc.ts";
import { Tables } from "./tables.ts";

/** After so many ms a change of subscriptions is told again to those whose links did not take it. */
const ANNOUNCE_AGAIN = 100;

/** Makes a host and lets its links listen. */
export function createPlainHost(options: HostOptions): Host {
  const { id } = options;
  const tables = new Tables(options);
  const { counts, links, limits } = tables;
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let running = true;
  let stopped: Promise<void> | undefined;

  const receiver: Receiver = {
    connected(peer) {
      if (tables.peers.has(peer)) return;
      if (!running || tables.blacklist.has(peer) || tables.peers.size >= limits.peers) {
        links.close(peer);
        return;
      }
      tables.peers.set(peer, new Set());
      if (!tables.sendHello(peer)) fail(peer, new Error(`Peer ${peer} took no hello`));
    },
    disconnected(peer) {
      if (running) tables.forget(peer);
    },
    incoming(peer, frame) {
      if (!running || !tables.peers.has(peer)) return;
      let rpc: Rpc;
      try {
        rpc = tables.read(peer, frame);
      } catch (error) {
        fail(peer, error as Error);
        return;
      }
      if (rpc.changes.length > 0) {
        tables.change(peer, rpc.changes);
        if ((tables.peers.get(peer)?.size ?? 0) > limits.topicsPerPeer) {
          fail(peer, new RangeError(`Peer ${peer} has too many topics`));
        }
      }
      for (const message of rpc.messages) receive(message);
    },
    failed: fail,
  };

  function receive(message: Message) {
    if (!running || tables.seen.has(message.id) || message.signed) return;
    if (!tables.peers.has(message.peer)) return;
    if (!isTopic(message.topic, limits) || !tables.validates(message)) return;
    counts.received++;
    spread(message);
  }

  /** Hands a message on, delivers it, and returns how many peers took it. */
  function spread(message: Message): number {
    const count = tables.countSubscribers(message.topic);
    tables.seen.add(message.id);
    const late = tables.forward(message);
    for (const peer of late) {
      if (tables.drop(peer) > limits.dropped) fail(peer, new Error(`Peer ${peer} takes nothing`));
    }
    tables.deliver(message);
    return count - late.length;
  }

  function fail(peer: string, error: Error) {
    if (!running || !tables.peers.has(peer)) return;
    counts.errors++;
    tables.report(error);
    links.close(peer);
    tables.forget(peer);
  }

  function announce(topic: string, peers: readonly string[]) {
    const late = tables.announce(topic, peers);
    if (late.length === 0) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      announce(topic, late);
    }, ANNOUNCE_AGAIN);
    timers.add(timer);
  }

  function mustRun(what: string) {
    if (!running) throw new HostRefusedError(id, what, "it has stopped");
  }

  async function unsubscribe(topic: string, receive: Receive) {
    await Promise.resolve();
    mustRun("cancel");
    const receivers = tables.subscriptions.get(topic);
    if (receivers?.delete(receive) !== true) {
      throw new HostRefusedError(
        id,
        "cancel",
        `it does not subscribe to ${topic} by this function`,
      );
    }
    if (receivers.size > 0) return;
    tables.subscriptions.delete(topic);
    announce(topic, tables.listPeers());
  }

  async function stop() {
    running = false;
    for (const timer of timers) clearTimeout(timer);
    for (const peer of tables.peers.keys()) links.close(peer);
    await links.stop();
  }

  links.listen(receiver);
  return {
    id,
    counts,
    // deno-lint-ignore require-await -- what is refused rejects
    async publish(topic, data) {
      mustRun("publish");
      const message = tables.own(topic, data);
      if (tables.peers.size === 0) throw new HostRefusedError(id, "publish", "it has no peers");
      if (tables.countSubscribers(topic) === 0) {
        throw new HostRefusedError(id, "publish", `no peer subscribes to ${topic}`);
      }
      if (!fits(message, limits) || tables.seen.has(message.id)) {
        throw new HostRefusedError(id, "publish", "the message is too long, or was seen");
      }
      counts.published++;
      return spread(message);
    },
    // deno-lint-ignore require-await -- what is refused rejects
    async subscribe(topic, receive = () => {}) {
      mustRun("subscribe");
      if (!isTopic(topic, limits)) throw new HostRefusedError(id, "subscribe", "no proper topic");
      if (!tables.subscriptions.has(topic) && tables.subscriptions.size >= limits.topicsPerPeer) {
        throw new HostRefusedError(id, "subscribe", "it has too many topics");
      }
      const receivers = tables.subscriptions.get(topic);
      if (receivers !== undefined) receivers.add(receive);
      else {
        tables.subscriptions.set(topic, new Set([receive]));
        announce(topic, tables.listPeers());
      }
      return { topic, cancel: () => unsubscribe(topic, receive) };
    },
    // deno-lint-ignore require-await -- what is refused rejects
    async peers(topic) {
      mustRun("list peers");
      return tables.listPeers(topic);
    },
    // deno-lint-ignore require-await -- what is refused rejects
    async topics() {
      mustRun("list topics");
      return [...tables.subscriptions.keys()];
    },
    // deno-lint-ignore require-await -- what is refused rejects
    async addValidator(topic, validate) {
      mustRun("add a validator");
      tables.validators.set(topic, validate);
    },
    // deno-lint-ignore require-await -- what is refused rejects
    async removeValidator(topic) {
      mustRun("remove a validator");
      tables.validators.delete(topic);
    },
    // deno-lint-ignore require-await -- what is refused rejects
    async blacklist(peer) {
      mustRun("blacklist");
      tables.blacklist.add(peer);
      links.close(peer);
      tables.forget(peer);
    },
    stop: () => stopped ??= stop(),
  };
}
