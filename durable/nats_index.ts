import { delay } from "../clock/mod.ts";
import type { NatsConsumer, NatsJetStream, NatsManager, NatsMessages } from "./nats_peer.ts";

/** How soon it is noticed that the server has lost the consumer, in milliseconds. */
const HEARTBEAT = { expires: 5_000, idle_heartbeat: 1_000 };

/** The newest message of each subject, without what is large in it. */
export interface Indexed<H> {
  readonly seq: number;
  readonly head: H;
}

/** Where the messages come from. */
export interface IndexSource<H> {
  readonly stream: string;
  readonly js: NatsJetStream;
  readonly manager: NatsManager;
  /** How long it may take to catch up, in milliseconds. */
  readonly timeout: number;
  /** What is kept of a message. */
  headOf(data: Uint8Array): H;
}

/** Follows a stream, and knows the newest message of each subject. */
export class NatsIndex<H> {
  readonly #source: IndexSource<H>;
  readonly #bySubject: Map<string, Indexed<H>> = new Map();
  #seen = 0;
  #messages: NatsMessages | null = null;
  #following: Promise<void> | null = null;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(source: IndexSource<H>) {
    this.#source = source;
  }

  /** All that had been published when it was asked for is in it. */
  async caughtUp(): Promise<ReadonlyMap<string, Indexed<H>>> {
    const { stream, manager, timeout } = this.#source;
    const until = performance.now() + timeout;
    const info = await manager.streams.info(stream) as {
      readonly state: { readonly last_seq: number };
    };
    const failure: { error?: unknown } = {};
    while (this.#seen < info.state.last_seq) {
      this.#following ??= this.#follow().catch((error) => void (failure.error = error)).finally(
        () => {
          this.#following = null;
          this.#tell();
        },
      );
      await this.#more(until);
      if (failure.error !== undefined) throw failure.error;
      if (this.#closed) throw new Error("the store was closed");
    }
    return this.#bySubject;
  }

  /** Resolves when something has come, or it was too late. */
  async #more(until: number): Promise<void> {
    const left = until - performance.now();
    if (left <= 0) {
      throw new Error(`the stream could not be followed in ${this.#source.timeout} ms`);
    }
    await new Promise<void>((resolve) => {
      const cancel = delay(left, resolve);
      this.#waiting.push(() => {
        cancel();
        resolve();
      });
    });
  }

  async #follow(): Promise<void> {
    const { stream, js, headOf } = this.#source;
    const consumer = await js.consumers.get(stream, {
      deliver_policy: "last_per_subject",
    }) as NatsConsumer;
    const messages = await consumer.consume(HEARTBEAT);
    if (this.#closed) return void await messages.close();
    this.#messages = messages;
    for await (const { subject, seq, data } of messages) {
      const before = this.#bySubject.get(subject);
      if (before === undefined || before.seq < seq) {
        this.#bySubject.set(subject, { seq, head: headOf(data) });
      }
      this.#seen = Math.max(this.#seen, seq);
      this.#tell();
    }
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((resolve) => resolve());
  }

  /** Follows no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#messages?.close();
    await this.#following;
    this.#tell();
  }
}
