/** A network within one process: a frame arrives one microtask later. Faults can be made on purpose. */
import type { Links, Receiver } from "../host/links.ts";

/** Frames that wait for a peer that takes none. */
const QUEUE = 256;

interface Node {
  receiver?: Receiver;
  readonly linked: Set<string>;
  /** Frames that wait because the node is frozen, with who sent them. */
  frozen?: { readonly from: string; readonly frame: Uint8Array }[];
}

/** Hosts that are linked by calls. Names are those of the hosts. */
export interface DirectNetwork {
  /** A node's side of the network; the node exists until it stops. */
  links(id: string): Links;
  /** Links two nodes; `false` when one of them is missing, or they are linked. */
  connect(a: string, b: string): boolean;
  /** Cuts the link between two nodes; both are told. */
  disconnect(a: string, b: string): void;
  /** A node takes no frames any more: they wait, up to 256, then its links are full. */
  freeze(id: string): void;
  /** It takes them again, first those that waited. */
  thaw(id: string): void;
  /** The number of links. */
  readonly size: number;
}

/** An empty network. */
export function directNetwork(): DirectNetwork {
  const nodes = new Map<string, Node>();

  /** Calls a node later, as long as the link stands. */
  const tell = (id: string, fn: (receiver: Receiver) => void) =>
    queueMicrotask(() => {
      const receiver = nodes.get(id)?.receiver;
      if (receiver !== undefined) fn(receiver);
    });

  const cut = (a: string, b: string): boolean => {
    nodes.get(b)?.linked.delete(a);
    return nodes.get(a)?.linked.delete(b) === true;
  };

  function send(from: string, to: string, frame: Uint8Array): boolean {
    const node = nodes.get(to);
    if (node === undefined || !node.linked.has(from)) return false;
    if (node.frozen !== undefined) {
      if (node.frozen.length >= QUEUE) return false;
      node.frozen.push({ from, frame });
      return true;
    }
    queueMicrotask(() => {
      if (node.frozen !== undefined) node.frozen.push({ from, frame });
      else if (node.linked.has(from)) node.receiver?.incoming(from, frame);
    });
    return true;
  }

  return {
    links(id) {
      const node: Node = { linked: new Set() };
      nodes.set(id, node);
      return {
        listen(receiver) {
          node.receiver = receiver;
          for (const peer of node.linked) tell(id, (one) => one.connected(peer));
        },
        send: (peer, frame) => send(id, peer, frame),
        close(peer) {
          if (cut(id, peer)) tell(peer, (one) => one.disconnected(id));
        },
        stop() {
          for (const peer of node.linked) {
            cut(id, peer);
            tell(peer, (one) => one.disconnected(id));
          }
          node.receiver = undefined;
          if (nodes.get(id) === node) nodes.delete(id);
          return Promise.resolve();
        },
      };
    },
    connect(a, b) {
      const [one, other] = [nodes.get(a), nodes.get(b)];
      if (one === undefined || other === undefined || a === b || one.linked.has(b)) return false;
      one.linked.add(b);
      other.linked.add(a);
      tell(a, (receiver) => one.linked.has(b) && receiver.connected(b));
      tell(b, (receiver) => other.linked.has(a) && receiver.connected(a));
      return true;
    },
    disconnect(a, b) {
      if (!cut(a, b)) return;
      tell(a, (receiver) => receiver.disconnected(b));
      tell(b, (receiver) => receiver.disconnected(a));
    },
    freeze(id) {
      const node = nodes.get(id);
      if (node !== undefined) node.frozen ??= [];
    },
    thaw(id) {
      const node = nodes.get(id);
      const waiting = node?.frozen ?? [];
      if (node === undefined) return;
      node.frozen = undefined;
      for (const { from, frame } of waiting) {
        queueMicrotask(() => node.linked.has(from) && node.receiver?.incoming(from, frame));
      }
    },
    get size() {
      return [...nodes.values()].reduce((sum, { linked }) => sum + linked.size, 0) / 2;
    },
  };
}
