import { delay } from "../clock/mod.ts";
import { RefusedError } from "../mod.ts";
import { Committer, type CommitterOwner } from "./committer.ts";
import { type KindPlan, planOf } from "./define_flow.ts";
import {
  FlowOwnedError,
  FlowsClosedError,
  FlowUnreadableError,
  LeaseLostError,
  StoreError,
} from "./errors.ts";
import { keyOf, partsOf } from "./flow_key.ts";
import type { FlowHost } from "./flow_host.ts";
import type { AnyFlowKind } from "./kind.ts";
import { Lease, type LeaseOwner } from "./lease.ts";
import { LiveFlow } from "./live_flow.ts";
import { type FlowSettings, type FlowsOptions, settingsOf } from "./settings.ts";
import type { FlowItem, FlowKinds, Flows, FlowStats, ListOptions } from "./flows_face.ts";
import { readSnapshot } from "./snapshot.ts";
import { Sleepers } from "./sleepers.ts";
import type { FlowCommit, FlowHead, FlowRow, Store } from "./store.ts";

/** At most so many flows are taken over at once. */
const CLAIM = 1000;
/**
 * Opens flows on a store: those that are unfinished and that no live owner has go on.
 *
 * @throws {StoreError} If the store cannot be opened.
 */
export async function openFlows<const K extends FlowKinds>(
  store: Store,
  kinds: K,
  options: FlowsOptions = {},
): Promise<Flows<K>> {
  const flows = new OpenFlows(store, kinds, settingsOf(options, store));
  await flows.open();
  return flows as unknown as Flows<K>;
}

class OpenFlows implements FlowHost<LiveFlow>, CommitterOwner, LeaseOwner {
  readonly store: Store;
  readonly settings: FlowSettings;
  readonly #plans: Map<string, KindPlan>;
  readonly #committer: Committer;
  readonly #sleepers: Sleepers;
  readonly #lease: Lease = new Lease(this);
  readonly #end = new AbortController();
  /** Those in memory. */
  readonly #live: Map<string, LiveFlow> = new Map();
  /** Those that are being made or loaded. */
  readonly #coming: Map<string, Promise<LiveFlow | undefined>> = new Map();
  /** Those that left the memory, in case somebody still holds them. */
  readonly #asleep: Map<string, { deref(): LiveFlow | undefined }> = new Map();
  readonly #gone = new FinalizationRegistry((key: string) => {
    if (this.#asleep.get(key)?.deref() === undefined) this.#asleep.delete(key);
  });
  /** Those whose handlers are done for now, in memory or not. */
  readonly #waiting: Set<string> = new Set();
  readonly #broken: Map<string, Error> = new Map();
  #resting: Set<LiveFlow> = new Set();
  #cancelRest: (() => void) | null = null;
  #complained = false;
  readonly #counts = {
    started: 0,
    resumed: 0,
    done: 0,
    failed: 0,
    commits: 0,
    storeErrors: 0,
    lag: 0,
  };

  constructor(store: Store, kinds: FlowKinds, settings: FlowSettings) {
    this.store = store;
    this.settings = settings;
    this.#plans = new Map(Object.entries(kinds).map(([name, kind]) => [name, planOf(name, kind)]));
    this.#committer = new Committer(this);
    this.#sleepers = new Sleepers((key) => this.#timeIsOver(key));
  }

  get stats(): FlowStats {
    return { ...this.#counts, live: this.#live.size, asleep: this.#sleepers.size };
  }

  get owner(): string {
    return this.settings.owner;
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  // --- what users ask for -----------------------------------------------------------------

  async open(): Promise<void> {
    try {
      await this.#lease.begin();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new StoreError(`Cannot open the store: ${(error as Error).message}`, { cause: error });
    }
    try {
      await this.#takeOver();
    } catch (error) {
      this.#stop(error as Error);
      await this.store.leave(this.owner).catch(() => {}); // the first error says more
      throw error;
    }
  }

  async start(kind: string, id: string, input?: unknown): Promise<LiveFlow> {
    const plan = this.#planOf(kind, "start a flow");
    if (typeof id !== "string" || id === "") {
      throw new TypeError(`Cannot start a flow: the id is ${JSON.stringify(id)}, expected a text`);
    }
    const key = keyOf(kind, id);
    const flow = await this.#hereOr(key, () => this.#begin(plan, id, input));
    if (flow !== undefined) return flow;
    const existing = await this.get(kind, id);
    if (existing === undefined) throw new FlowOwnedError(kind, id);
    return existing;
  }

  async #begin(plan: KindPlan, id: string, input: unknown): Promise<LiveFlow | undefined> {
    const { kind } = plan;
    const flow = new LiveFlow(plan, id, this);
    const { key } = flow;
    if (!flow.begin(input)) {
      const machine = flow.machine;
      const explanation = machine.explain();
      flow.stop(new Error("It was refused"));
      throw new RefusedError(machine.id, kind.start, explanation);
    }
    this.#live.set(key, flow);
    try {
      await flow.committed();
    } catch (error) {
      this.#live.delete(key);
      if (error === EXISTS) return undefined;
      flow.stop(error as Error);
      throw error;
    }
    this.#counts.started++;
    return flow;
  }

  async get(kind: string, id: string): Promise<LiveFlow | undefined> {
    const plan = this.#planOf(kind, "get a flow");
    const key = keyOf(kind, id);
    return await this.#hereOr(key, () => this.#fetch(plan, id));
  }

  async #fetch(plan: KindPlan, id: string): Promise<LiveFlow | undefined> {
    const { name } = plan;
    let row = await this.store.read(name, id);
    if (row === undefined) return undefined;
    const error = this.#errorOf(row);
    if (error !== undefined) throw error;
    const own = row.ended || row.owner === this.owner;
    if (!own) {
      [row] = await this.store.claim(this.owner, {
        kinds: new Map([[name, plan.kind.parts.migrate === undefined ? plan.hash : null]]),
        id,
        dead: [],
        limit: 1,
      });
      if (row === undefined) throw new FlowOwnedError(name, id);
    }
    return this.#load(plan, row, !own || !this.#waiting.has(keyOf(name, id)));
  }

  async list(options: ListOptions = {}): Promise<readonly FlowItem[]> {
    const { active, after, ...rest } = options;
    const heads = await this.store.list({
      ...rest,
      active: typeof active === "string" ? [active] : active,
      after: typeof after === "string" ? { id: after } : after,
    });
    return heads.map((head) => ({ ...head, error: this.#errorOf(head) }));
  }

  /** Why it cannot be opened. */
  #errorOf({ kind, id, hash, ended, damaged }: FlowHead): Error | undefined {
    if (damaged !== undefined) {
      return new FlowUnreadableError(kind, id, `what is stored of it is damaged: ${damaged}`);
    }
    const plan = this.#plans.get(kind);
    if (
      plan !== undefined && !ended && hash !== plan.hash && plan.kind.parts.migrate === undefined
    ) {
      return new FlowUnreadableError(
        kind,
        id,
        "it was stored with another schema, and its kind has no migrate",
      );
    }
    return this.#broken.get(keyOf(kind, id));
  }

  async close(): Promise<void> {
    if (this.signal.aborted) return;
    await Promise.allSettled([...this.#live.values()].map((flow) => flow.committed()));
    await this.#committer.idle();
    await this.#lease.settled();
    if (this.signal.aborted) return;
    this.#stop(new FlowsClosedError("go on with the flow"));
    await this.store.leave(this.owner);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #stop(reason: Error): void {
    this.#end.abort(reason);
    this.#lease.end();
    this.#cancelRest?.();
    this.#sleepers.clear();
    this.#committer.close();
    for (const flow of [...this.#live.values()]) flow.stop(reason);
    for (const ref of this.#asleep.values()) ref.deref()?.stop(reason);
    this.#live.clear();
    this.#asleep.clear();
  }

  #planOf(kind: string, tried: string): KindPlan {
    if (this.signal.aborted) {
      const { reason } = this.signal;
      throw reason instanceof FlowsClosedError ? new FlowsClosedError(tried) : reason;
    }
    const plan = this.#plans.get(kind);
    if (plan !== undefined) return plan;
    const known = [...this.#plans.keys()].map((name) => JSON.stringify(name)).join(", ");
    throw new TypeError(
      `Cannot ${tried}: there is no kind ${JSON.stringify(kind)}, known are ${known}`,
    );
  }

  nameOf(kind: AnyFlowKind | string): string {
    if (typeof kind === "string") return kind;
    for (const plan of this.#plans.values()) if (plan.kind === kind) return plan.name;
    throw new TypeError("Cannot start a child: its kind is none of those that openFlows was given");
  }

  // --- flows come and go ------------------------------------------------------------------------

  /** A flow that is here already, or on its way; else the one that is made: one at a time. */
  async #hereOr(
    key: string,
    make: () => Promise<LiveFlow | undefined>,
  ): Promise<LiveFlow | undefined> {
    for (let coming = this.#coming.get(key); coming !== undefined; coming = this.#coming.get(key)) {
      await coming.catch(() => {}); // whoever makes it is told
    }
    const here = this.#live.get(key) ?? this.#asleep.get(key)?.deref();
    if (here !== undefined) return here;
    const promise = make();
    this.#coming.set(key, promise);
    try {
      return await promise;
    } finally {
      this.#coming.delete(key);
    }
  }

  #load(plan: KindPlan, row: FlowRow, again: boolean): LiveFlow {
    const key = keyOf(row.kind, row.id);
    const flow = new LiveFlow(plan, row.id, this);
    if (!row.ended) this.#live.set(key, flow);
    try {
      flow.load(row, again);
    } catch (error) {
      this.#live.delete(key);
      this.#broken.set(key, error as Error);
      throw error;
    }
    this.#broken.delete(key);
    this.#waiting.delete(key);
    if (flow.restful) this.rests(flow);
    return flow;
  }

  /** Takes over what nobody has; what only waits for its time is not loaded. */
  async #takeOver(): Promise<void> {
    const kinds = new Map(
      [...this.#plans].map(([name, { hash, kind }]) =>
        [name, kind.parts.migrate === undefined ? hash : null] as const
      ),
    );
    const dead = await this.#lease.deadOwners();
    for (;;) {
      const rows = await this.store.claim(this.owner, { kinds, dead, limit: CLAIM });
      this.#counts.resumed += rows.length;
      for (const row of rows) this.#resume(row);
      if (rows.length < CLAIM) return;
    }
  }

  #resume(row: FlowRow): void {
    const plan = this.#plans.get(row.kind)!;
    const key = keyOf(row.kind, row.id);
    try {
      const error = this.#errorOf(row);
      if (error !== undefined) throw error;
      const { due } = readSnapshot(row.kind, row.id, row.state); // one that is damaged is told of now
      const waits = row.hash === plan.hash && due.length === 0 &&
        row.active.every((state) => !plan.resumed.has(state) && !plan.kind.ends.includes(state));
      if (waits) this.#await(key, row.due);
      else this.#load(plan, row, true);
    } catch (error) {
      this.#broken.set(key, error as Error);
      this.#complain(error as Error);
    }
  }

  #await(key: string, due: number | null): void {
    this.#waiting.add(key);
    if (due !== null) this.#sleepers.add({ key, due });
  }

  #timeIsOver(key: string): void {
    if (this.#live.has(key) || this.signal.aborted) return;
    const held = this.#asleep.get(key)?.deref();
    if (held !== undefined) return held.wake();
    const { kind, id } = partsOf(key);
    this.get(kind, id).catch((error) => {
      if (this.signal.aborted) return;
      // Another has it: is this one still an owner?
      if (error instanceof FlowOwnedError) return void this.#lease.renew().catch(() => {});
      if (!this.#complained) this.#complain(error);
      this.#complained = true;
      this.#await(key, Date.now() + this.settings.idle);
    });
  }

  rests(flow: LiveFlow): void {
    if (this.signal.aborted) return;
    this.#resting.add(flow);
    this.#cancelRest ??= delay(this.settings.idle, () => this.#putToSleep());
  }

  #putToSleep(): void {
    this.#cancelRest = null;
    const resting = this.#resting;
    this.#resting = new Set();
    for (const flow of resting) {
      const key = flow.key;
      if (!flow.restful || this.#live.get(key) !== flow) continue;
      const due = flow.sleep();
      this.#live.delete(key);
      if (flow.isAwaited) this.awaited(flow);
      else {
        this.#asleep.set(key, new WeakRef(flow));
        this.#gone.register(flow, key);
      }
      this.#await(key, due);
    }
  }

  awaited(flow: LiveFlow): void {
    this.#asleep.set(flow.key, { deref: () => flow });
  }

  woken(flow: LiveFlow): void {
    const key = flow.key;
    this.#asleep.delete(key);
    this.#waiting.delete(key);
    this.#live.set(key, flow);
    if (flow.restful) this.rests(flow);
  }

  finished(flow: LiveFlow, failed: boolean): void {
    this.#counts[failed ? "failed" : "done"]++;
    this.#live.delete(flow.key);
  }

  // --- storing -------------------------------------------------------------------------------------

  toStore(flow: LiveFlow): void {
    this.#committer.add(flow);
  }

  refused(flow: LiveFlow, commit: FlowCommit): void {
    if (commit.after === 0) return flow.stop(EXISTS);
    flow.stop(
      new LeaseLostError(
        `Cannot store flow "${flow.kind}/${flow.id}": another owner has taken it over`,
      ),
    );
    this.#live.delete(flow.key);
    this.#lease.renew().catch((error) => this.#complain(error));
  }

  storedSome(flows: number, lag: number): void {
    this.#complained = false;
    this.#counts.commits += flows;
    this.#counts.lag = lag;
  }

  storeFailed(error: StoreError): void {
    this.#counts.storeErrors++;
    if (!this.#complained) this.#complain(error);
    this.#complained = true;
  }

  #complain(error: Error): void {
    if (this.settings.printErrors) console.error(`[flows ${this.owner}] ${error.message}`);
  }

  // --- the lease --------------------------------------------------------------------------------------

  get lease(): number {
    return this.settings.lease;
  }

  mayAct(): Promise<void> | null {
    return this.#lease.sure();
  }

  renewed(): Promise<void> {
    return this.#takeOver();
  }

  notRenewed(error: Error): void {
    this.#complain(error);
  }

  lost(): void {
    if (this.signal.aborted) return;
    const error = new LeaseLostError(
      `The lease of owner "${this.owner}" is lost: it gave no sign of life for ${this.lease} ms, and others have taken over`,
    );
    this.#complain(error);
    this.#stop(error);
  }
}

/** Why a new flow stops that is none. */
const EXISTS = new Error("There is a flow of this id");
