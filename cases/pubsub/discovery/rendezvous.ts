/** Where peers that share a topic find each other: what such a place does, and one in memory. */

/** How a peer is reached. */
export interface PeerInfo {
  /** Its id, as the links know it. */
  readonly id: string;
  /** Its addresses; none in a direct network. */
  readonly addresses: readonly string[];
}

/** A place where peers register for topics. Each call may fail, and then is tried again. */
export interface Rendezvous {
  /** Registers the caller; resolves with the ms after which the registration ends by itself. */
  register(topic: string, peer: PeerInfo, options?: { signal?: AbortSignal }): Promise<number>;
  /** Ends a registration. */
  unregister(topic: string, id: string, options?: { signal?: AbortSignal }): Promise<void>;
  /** Who is registered for a topic. */
  find(topic: string, options?: { signal?: AbortSignal }): Promise<PeerInfo[]>;
}

/** Limits of a rendezvous. */
export interface RendezvousLimits {
  /** Ms that a registration lasts. */
  readonly ttl: number;
  /** Topics that one peer registers for. */
  readonly topics: number;
  /** Peers that one answer names; the latest registrations win. */
  readonly found: number;
}

const LIMITS: RendezvousLimits = { ttl: 60_000, topics: 100, found: 100 };

/** A rendezvous refuses. */
export class RendezvousError extends Error {
  /** The class's name. */
  override readonly name = "RendezvousError";
}

interface Registration {
  readonly peer: PeerInfo;
  readonly until: number;
}

/** A rendezvous in this process. */
export class MemoryRendezvous implements Rendezvous {
  readonly #topics = new Map<string, Map<string, Registration>>();
  readonly #limits: RendezvousLimits;

  /** An empty one. */
  constructor(limits: Partial<RendezvousLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Registers a peer; once more makes it last longer. */
  register(topic: string, peer: PeerInfo): Promise<number> {
    this.#forget();
    const of = this.#topics.get(topic) ?? new Map<string, Registration>();
    if (!of.has(peer.id) && this.#count(peer.id) >= this.#limits.topics) {
      return Promise.reject(
        new RendezvousError(`Peer ${peer.id} is registered for ${this.#limits.topics} topics`),
      );
    }
    of.delete(peer.id); // the latest is last
    of.set(peer.id, { peer, until: Date.now() + this.#limits.ttl });
    this.#topics.set(topic, of);
    return Promise.resolve(this.#limits.ttl);
  }

  /** Ends a registration, if there is one. */
  unregister(topic: string, id: string): Promise<void> {
    const of = this.#topics.get(topic);
    if (of?.delete(id) === true && of.size === 0) this.#topics.delete(topic);
    return Promise.resolve();
  }

  /** The latest registrations for a topic. */
  find(topic: string): Promise<PeerInfo[]> {
    this.#forget();
    const all = [...this.#topics.get(topic)?.values() ?? []].map(({ peer }) => peer);
    return Promise.resolve(all.slice(-this.#limits.found));
  }

  /** The number of registrations that last. */
  get size(): number {
    this.#forget();
    return [...this.#topics.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #count(id: string): number {
    return [...this.#topics.values()].filter((of) => of.has(id)).length;
  }

  #forget() {
    const now = Date.now();
    for (const [topic, of] of this.#topics) {
      for (const [id, { until }] of of) if (until <= now) of.delete(id);
      if (of.size === 0) this.#topics.delete(topic);
    }
  }
}
