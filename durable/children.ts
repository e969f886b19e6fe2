import { delay } from "../clock/mod.ts";
import { FlowOwnedError } from "./errors.ts";
import type { AnyFlowKind, ClosePolicy } from "./kind.ts";

/** A child that has to be told when its parent is finished. */
export interface StoredChild {
  readonly kind: string;
  readonly id: string;
  /** What is added to it then. */
  readonly add: string;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** A flow that is somebody's child. */
export interface Child {
  readonly ended: boolean;
  /** Adds a state, and resolves when that is stored. */
  tell(state: string, args: Readonly<Record<string, unknown>> | undefined): Promise<void>;
}

/** Where children live. */
export interface ChildHost {
  /** The name of a kind. */
  nameOf(kind: AnyFlowKind | string): string;
  start(kind: string, id: string, input: unknown): Promise<Child>;
  get(kind: string, id: string): Promise<Child | undefined>;
  readonly lease: number;
  readonly signal: AbortSignal;
}

/** The children of a flow that have to be told of its end. */
export class Children {
  readonly #host: ChildHost;
  #all: StoredChild[] = [];

  constructor(host: ChildHost) {
    this.#host = host;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.length;
  }

  /** As they are stored. */
  get list(): readonly StoredChild[] {
    return this.#all;
  }

  /** Takes over what was stored. */
  restore(children: readonly StoredChild[]): void {
    this.#all = [...children];
  }

  /** Starts one, after `noted` has seen to it that its parent's duty is stored. */
  async start(
    of: AnyFlowKind | string,
    id: string,
    input: unknown,
    close: ClosePolicy | undefined,
    noted: () => Promise<void>,
  ): Promise<Child> {
    const kind = this.#host.nameOf(of);
    const known = this.#all.some((child) => child.kind === kind && child.id === id);
    if (close !== undefined && !known) {
      this.#all.push({ kind, id, add: close.add, args: close.args });
      await noted();
    }
    return await this.#patiently(() => this.#host.start(kind, id, input));
  }

  /** Their parent is finished. */
  async tell(): Promise<void> {
    await Promise.all(this.#all.map(async ({ kind, id, add, args }) => {
      const child = await this.#patiently(() => this.#host.get(kind, id));
      if (child !== undefined && !child.ended) await child.tell(add, args);
    }));
    this.#all = [];
  }

  /** One that another owner has is waited for: until it is finished, or that owner is not alive. */
  async #patiently<R>(attempt: () => Promise<R>): Promise<R> {
    for (;;) {
      this.#host.signal.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof FlowOwnedError)) throw error;
      }
      await new Promise<void>((resolve) => delay(Math.min(1_000, this.#host.lease / 3), resolve));
    }
  }
}
