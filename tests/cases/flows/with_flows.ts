import { FakeTime } from "@std/testing/time";
import {
  type FlowKinds,
  type Flows,
  type FlowsOptions,
  MemoryStore,
  openFlows,
} from "../../../durable/mod.ts";

const DAY = 86_400_000;
/** Signs of life that come once a day make a fake year short. */
const OPTIONS: FlowsOptions = { lease: 3 * DAY, printErrors: false };

/** Flows in a store in memory, under a fake clock. */
export class Scene<K extends FlowKinds> implements AsyncDisposable {
  readonly time: FakeTime;
  flows: Flows<K>;
  readonly #store: MemoryStore;
  readonly #kinds: K;

  private constructor(time: FakeTime, store: MemoryStore, kinds: K, flows: Flows<K>) {
    this.time = time;
    this.#store = store;
    this.#kinds = kinds;
    this.flows = flows;
  }

  /** Begins at a moment of fake time. */
  static async open<K extends FlowKinds>(kinds: K, start: string | number = 0): Promise<Scene<K>> {
    const time = new FakeTime(start);
    const store = new MemoryStore();
    return new Scene(time, store, kinds, await openFlows(store, kinds, OPTIONS));
  }

  /** Moves on, and lets all that is due come to rest. */
  async pass(ms: number): Promise<void> {
    await this.time.tickAsync(ms);
    for (let i = 0; i < 20; i++) await this.time.tickAsync(0);
  }

  /** The process ends, and another one goes on with what is stored; with other code, if it is given. */
  async restart<K2 extends FlowKinds = K>(kinds?: K2): Promise<Scene<K2>> {
    await this.flows.close();
    const next = (kinds ?? this.#kinds) as unknown as K2;
    return new Scene(this.time, this.#store, next, await openFlows(this.#store, next, OPTIONS));
  }

  /** All is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flows.close();
    this.time.restore();
  }
}
