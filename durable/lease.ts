import { delay } from "../clock/mod.ts";
import type { Store } from "./store.ts";

/** An owner whose sign of life was looked at so often without change is not alive. */
const LOOKS = 4;

/** Whose lease it is. */
export interface LeaseOwner {
  readonly store: Store;
  readonly owner: string;
  /** How long it lasts without a sign of life, in milliseconds. */
  readonly lease: number;
  readonly signal: AbortSignal;
  /** Somebody else has taken over. */
  lost(): void;
  /** It was renewed: time to see whether others' have ended. */
  renewed(): Promise<void>;
  /** It could not be renewed now. */
  notRenewed(error: Error): void;
}

/** Gives signs of life for one owner, and sees who else gives none. */
export class Lease {
  readonly #owner: LeaseOwner;
  /** By the clock that others see, and by one that nobody sets. */
  #until = { wall: 0, own: 0 };
  #cancel: (() => void) | null = null;
  #renewing: Promise<void> | null = null;
  readonly #seen: Map<string, { beat: number; looks: number }> = new Map();

  constructor(owner: LeaseOwner) {
    this.#owner = owner;
  }

  /** Begins: from now on signs of life are given. */
  async begin(): Promise<void> {
    const { store, owner, lease } = this.#owner;
    const asked = now();
    await store.join(owner, lease);
    this.#lasts(asked);
    this.#beatLater();
  }

  /** No more signs of life. */
  end(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #lasts(from: { readonly wall: number; readonly own: number }): void {
    const { lease } = this.#owner;
    this.#until = { wall: from.wall + lease, own: from.own + lease };
  }

  /** `null` when it has not ended; else resolves when that is sure, and rejects when it has. */
  sure(): Promise<void> | null {
    const { wall, own } = now();
    const { store, signal } = this.#owner;
    if (store.local || wall < this.#until.wall && own < this.#until.own) return null;
    return this.renew().then(() => {
      if (signal.aborted) throw signal.reason;
    });
  }

  /** A sign of life; one at a time. */
  renew(): Promise<void> {
    return this.#renewing ??= this.#renew().finally(() => this.#renewing = null);
  }

  /** Resolves when it is known what became of the last sign of life. */
  async settled(): Promise<void> {
    await this.#renewing?.catch(() => {}); // whoever asked for it is told
  }

  async #renew(): Promise<void> {
    const { store, owner, lease } = this.#owner;
    const asked = now();
    if (await store.beat(owner, lease)) this.#lasts(asked);
    else this.#owner.lost();
  }

  #beatLater(): void {
    const { store, lease, signal } = this.#owner;
    if (store.local || signal.aborted) return;
    this.#cancel = delay(lease / 3, async () => {
      try {
        await this.renew();
        if (!signal.aborted) await this.#owner.renewed();
      } catch (error) {
        if (!signal.aborted) this.#owner.notRenewed(error as Error);
      }
      this.#beatLater();
    });
  }

  /** Owners that gave no sign of life each time that one was looked for: clocks may be wrong. */
  async deadOwners(): Promise<readonly string[]> {
    const { store, owner: own } = this.#owner;
    if (store.local) return [];
    const dead: string[] = [];
    const present = await store.owners();
    for (const { owner, beat } of present) {
      if (owner === own) continue;
      const seen = this.#seen.get(owner);
      if (seen === undefined || seen.beat !== beat) this.#seen.set(owner, { beat, looks: 1 });
      else if (++seen.looks > LOOKS) dead.push(owner);
    }
    for (const owner of [...this.#seen.keys()]) {
      if (!present.some((head) => head.owner === owner)) this.#seen.delete(owner);
    }
    return dead;
  }
}

function now(): { readonly wall: number; readonly own: number } {
  return { wall: Date.now(), own: performance.now() };
}
