import type { Change, SubscribeOptions, Unsubscribe } from "./machine_with.ts";
import type { Mutation } from "./mutation.ts";
import { checkSignal, type Signals } from "./signals.ts";

/** Whose changes are told. */
export interface SubscriberOwner {
  readonly machine: unknown;
  readonly schema: { readonly names: readonly string[] };
  readonly signals: Signals;
  /** Says whether there are subscribers. */
  setSubscribed(any: boolean): void;
  /** Prints and logs what a subscriber throws. */
  failed(error: unknown): void;
}

interface Subscriber {
  readonly fn: (change: Change) => void;
  /** Names of states; null = all. */
  readonly states: ReadonlySet<string> | null;
  live: boolean;
}

/** Who wants to know of each change of a machine, whatever its cause. */
export class Subscribers {
  readonly #owner: SubscriberOwner;
  readonly #all: Set<Subscriber> = new Set();

  constructor(owner: SubscriberOwner) {
    this.#owner = owner;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** Tells `fn` of each change until it is taken back. */
  subscribe(fn: (change: Change) => void, options: SubscribeOptions = {}): Unsubscribe {
    const { signal, states } = options;
    checkSignal(signal);
    const { signals } = this.#owner;
    const subscriber: Subscriber = {
      fn,
      states: states === undefined ? null : new Set(states),
      live: !signal?.aborted,
    };
    const end = () => {
      subscriber.live = false;
      this.#all.delete(subscriber);
      this.#owner.setSubscribed(this.#all.size > 0);
      if (signal) signals.off(signal, end);
    };
    if (subscriber.live) {
      this.#all.add(subscriber);
      this.#owner.setSubscribed(true);
      if (signal) signals.on(signal, end);
    }
    return Object.assign(end, { [Symbol.dispose]: end });
  }

  /** Tells all that a change concerns, in the order of subscription. */
  tell(cause: Change["cause"], changed: readonly number[], mutation: Mutation | null): void {
    const { machine, schema } = this.#owner;
    const names = changed.map((state) => schema.names[state]);
    // Those who subscribe meanwhile are told of the next change.
    for (const subscriber of [...this.#all]) {
      const { fn, states, live } = subscriber;
      if (!live) continue;
      const concerned = states === null ? names : names.filter((name) => states.has(name));
      if (concerned.length === 0 && states !== null && cause !== "dispose") continue;
      try {
        fn({ machine, cause, changed: concerned, mutation });
      } catch (error) {
        this.#owner.failed(error);
      }
    }
  }

  /** The last change has been told. */
  clear(): void {
    for (const subscriber of this.#all) subscriber.live = false;
    this.#all.clear();
  }
}
