/*
 * Longer than other files: it is the one place that knows all parts of a flow and puts them together. Each
 * part's rule stands in the part's own file.
 */
import type { Change, Machine, Schema, Transition } from "../mod.ts";
import { ActiveArgs } from "./active_args.ts";
import { type Child, Children } from "./children.ts";
import type { KindPlan } from "./define_flow.ts";
import { FlowUnreadableError } from "./errors.ts";
import { DueHandlers, type StoredDue } from "./due_handlers.ts";
import type { FlowEvent } from "./flow_event.ts";
import type { CallSide } from "./flow_handlers.ts";
import { FlowMachine, type MachineSide } from "./flow_machine.ts";
import { checkJson } from "./json.ts";
import type { AnyFlowKind, ChildOptions, Flow, FlowInside, OnceCall } from "./kind.ts";
import { OnceResults, type ResultsSide } from "./once_results.ts";
import { Pending } from "./pending.ts";
import { reviveFlow } from "./revive.ts";
import { snapshotText, ticksText } from "./snapshot.ts";
import type { FlowCommit, FlowRow } from "./store.ts";
import { keyOf } from "./flow_key.ts";
import type { FlowHost } from "./flow_host.ts";

/** A flow that this process has: its machine, and what of it is not stored yet. */
export class LiveFlow implements Flow, Child, FlowInside, CallSide, MachineSide, ResultsSide {
  readonly #plan: KindPlan;
  readonly #host: FlowHost<LiveFlow>;
  readonly id: string;
  data: unknown;
  /** The revision that is stored; 0: none. */
  revision = 0;
  /** Whether it is finished, and that is stored. */
  ended = false;
  #machine: FlowMachine | null = null;
  /** Its state, while it sleeps. */
  #asleep: string | null = null;
  /** Why it does not go on, if it does not. */
  stopped: Error | null = null;
  /** While its machine is made after it slept: handlers are not called again. */
  #waking = false;
  #attached = false;
  #contexts: Map<string, number> | null = null;
  /** Handlers that have not settled, or wait for the store. */
  #calls = 0;
  #unstored: Pending[] = [];
  #storedData = "";
  readonly #args: ActiveArgs = new ActiveArgs();
  #results: OnceResults | null = null;
  #children: Children | null = null;
  #due: DueHandlers | null = null;
  /** The one of them that is called again now. */
  #recalled: StoredDue | undefined;
  #dataIsWrong = false;
  /** It is over: nothing changes any more, while the last handlers run. */
  blocked = false;
  #telling = false;
  #outcome: PromiseWithResolvers<unknown> | null = null;

  /** Names it among all flows. */
  readonly key: string;

  constructor(plan: KindPlan, id: string, host: FlowHost<LiveFlow>) {
    this.#plan = plan;
    this.id = id;
    this.key = keyOf(plan.name, id);
    this.#host = host;
  }

  // --- the flow as its user sees it ----------------------------------------------------

  get kind(): string {
    return this.#plan.name;
  }

  get inside(): FlowInside {
    return this;
  }

  get finished(): boolean {
    return this.ended;
  }

  get machine(): Machine {
    const machine = this.#awake();
    this.#attached = true;
    return machine as Machine;
  }

  async ask(state: string, ...rest: readonly unknown[]): Promise<never> {
    const asked = this.#awake().ask(state, ...rest as []);
    await this.committed(); // rejects when the store fails: the handler would be waited for
    const answer = await asked;
    await this.committed();
    return answer;
  }

  start(
    kind: AnyFlowKind,
    id: string,
    input?: unknown,
    { close }: ChildOptions = {},
  ): Promise<never> {
    const noted = () => this.stored();
    return (this.#children ??= new Children(this.#host)).start(
      kind,
      id,
      input,
      close,
      noted,
    ) as Promise<never>;
  }

  async tell(state: string, args: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    this.#awake().add(state, args);
    await this.committed();
  }

  committed(): Promise<void> {
    if (this.stopped !== null) return rejected(this.stopped);
    if (this.ended) return Promise.resolve();
    const last = this.#unstored.at(-1);
    try {
      if (last !== undefined && !last.taken) return last.attempt();
      if (this.#dataText() !== this.#storedData) return this.touch().attempt();
    } catch (error) {
      return rejected(error);
    }
    return last === undefined ? Promise.resolve() : last.attempt();
  }

  result(): Promise<unknown> {
    if (this.#outcome === null) {
      this.#outcome = Promise.withResolvers();
      this.#outcome.promise.catch(() => {}); // nobody has to await it
      this.#settle();
      if (this.#asleep !== null) this.#host.awaited(this);
    }
    return this.#outcome.promise;
  }

  #settle(): void {
    if (this.#outcome === null) return;
    if (this.ended) {
      if (!this.#machine!.isErr()) return this.#outcome.resolve(this.data);
      this.#outcome.reject(
        this.#machine!.err ?? this.#args.of("Exception").err ??
          new Error(`Flow "${this.kind}/${this.id}" ended with an error that is not known`),
      );
    } else if (this.stopped !== null) this.#outcome.reject(this.stopped);
  }

  release(): void {
    this.#attached = false;
    this.#rest();
  }

  /** Whether somebody waits for its end. */
  get isAwaited(): boolean {
    return this.#outcome !== null;
  }

  [Symbol.dispose](): void {
    this.release();
  }

  // --- its machine -----------------------------------------------------------------------

  /** Begins it: `start` is active and is to be stored. */
  begin(input: unknown): boolean {
    const { kind, startTakesInput } = this.#plan;
    const data = kind.parts.data(input);
    this.data = data;
    this.checkData();
    const machine = this.#make();
    const result = startTakesInput && input !== undefined
      ? machine.add(kind.start, input)
      : machine.add(kind.start);
    return result === "executed";
  }

  /**
   * Goes on with what is stored. After a crash (`again`) the handlers of active states are called again.
   *
   * @throws {FlowUnreadableError} If it cannot be read.
   */
  load(row: FlowRow, again: boolean): void {
    this.revision = row.revision;
    this.#restore(row.state, row.hash, again && !row.ended);
    if (!row.ended) return;
    this.ended = true;
    this.#machine!.dispose();
  }

  #restore(text: string, hash: string, again: boolean): void {
    const { snapshot, saved, time, migrate } = reviveFlow(this.#plan, this.id, text, hash);
    const machine = this.#make();
    const unreadable = (error: unknown) => {
      this.#discard();
      const why = (error as Error).message;
      return new FlowUnreadableError(this.kind, this.id, why, { cause: error });
    };
    try {
      machine.importTime(time, migrate);
    } catch (error) {
      throw unreadable(error);
    }
    this.data = saved.data;
    this.#storedData = JSON.stringify(snapshot.data);
    const args = this.#args.restore(machine.activeStates(), saved.args, snapshot.failed ?? null);
    if (snapshot.children.length > 0) {
      (this.#children = new Children(this.#host)).restore(snapshot.children);
    }
    if (again && snapshot.due.length > 0) (this.#due = new DueHandlers()).restore(snapshot.due);
    this.#results = new OnceResults(this, this.#host);
    for (const [key, result] of Object.entries(snapshot.once)) {
      this.#results.texts.set(key, JSON.stringify(result));
    }
    if (this.ended) return;
    this.#waking = !again;
    try {
      machine.resume({ args, again: this.#due?.list });
    } catch (error) {
      throw unreadable(error);
    } finally {
      this.#waking = false;
    }
    if (hash !== this.#plan.hash || this.#isOver) this.touch();
  }

  #make(): FlowMachine {
    const { settings } = this.#host;
    const machine = new FlowMachine(this.#plan.kind.schema as Schema, {
      id: `${this.kind}/${this.id}`,
      handlers: this.#plan.handlers,
      printErrors: settings.printErrors,
      ...(settings.tracers === undefined ? {} : { tracers: settings.tracers }),
    }, this);
    this.#machine = machine;
    machine.subscribe(((change: Change) => this.#changed(change)) as never);
    this.#attached = false;
    return machine;
  }

  #awake(): FlowMachine {
    if (this.#machine === null) {
      const text = this.#asleep!;
      this.#asleep = null;
      this.#restore(text, this.#plan.hash, false);
      if (this.stopped === null) this.#host.woken(this);
      else this.#machine!.dispose();
    }
    return this.#machine!;
  }

  /** A time of it is over: its machine is made again, and sees to it. */
  wake(): void {
    if (this.stopped === null && !this.ended) this.#awake();
  }

  attached(): void {
    this.#attached = true;
  }

  contextTaken(state: string): void {
    const machine = this.#machine;
    if (machine === null || state === "Any") return;
    (this.#contexts ??= new Map()).set(state, machine.tick(state));
  }

  /** Whether it may leave the memory: it waits for a time or for others, and nothing hangs on it. */
  get restful(): boolean {
    const machine = this.#machine;
    return machine !== null && !this.ended && this.stopped === null && !this.#attached &&
      this.#calls === 0 && this.#unstored.length === 0 && !this.blocked &&
      !this.#results?.running &&
      this.#lastingContexts(machine) === 0;
  }

  #lastingContexts(machine: FlowMachine): number {
    if (this.#contexts === null) return 0;
    for (const [state, tick] of this.#contexts) {
      if (machine.tick(state) !== tick) this.#contexts.delete(state);
    }
    return this.#contexts.size;
  }

  /** Leaves the memory but for its state. */
  sleep(): number | null {
    const due = this.#nextTime();
    this.#asleep = this.#text();
    this.#discard();
    return due;
  }

  #discard(): void {
    const machine = this.#machine;
    this.#machine = null;
    machine?.dispose();
  }

  #rest(): void {
    if (this.restful) this.#host.rests(this);
  }

  // --- what happens ------------------------------------------------------------------------

  #changed({ cause, changed, mutation }: Change): void {
    const machine = this.#machine!;
    if (cause === "dispose" && machine !== null && !this.ended) {
      this.stop(new Error(`The machine of flow "${this.kind}/${this.id}" was disposed of`));
    }
    if (cause !== "transition" && cause !== "schema") return;
    const pending = this.touch();
    if (mutation === null) return;
    const tx = mutation as Transition;
    const given = this.#args.note(tx, changed, machine);
    if (!this.#host.settings.history) return;
    const ticks = Object.fromEntries(changed.map((state) => [state, machine.tick(state)]));
    const said = `{"type":"${tx.type}","called":${JSON.stringify(tx.calledStates)},"ticks":${
      JSON.stringify(ticks)
    }`;
    if (pending.log !== "") pending.log += ",";
    pending.log += given === null ? `${said}}` : `${said},"args":${given}}`;
  }

  /** There is something to store: what happens now is stored with it. */
  touch(): Pending {
    let pending = this.#unstored.at(-1);
    if (pending === undefined || pending.taken) {
      pending = new Pending();
      if (this.stopped !== null) pending.givenUp(this.stopped);
      else {
        this.#unstored.push(pending);
        this.#host.toStore(this);
      }
    }
    return pending;
  }

  tickOf(handler: string): number | undefined {
    this.#recalled = this.#due?.next(handler);
    return this.#recalled?.tick;
  }

  call(event: FlowEvent, lasting: boolean, fn: () => unknown): unknown {
    if (event.resumed) {
      if (this.#waking) return undefined;
      this.#calls++;
      return this.#run(fn, null, lasting ? undefined : this.#recalled);
    }
    const pending = this.touch();
    const due = lasting || event.state === "Any"
      ? undefined
      : (this.#due ??= new DueHandlers()).add(event);
    pending.handlers++;
    this.#calls++;
    return pending.stored.then(() => {
      if (this.stopped !== null || lasting && event.expired) this.#settled(pending, due);
      else return this.#run(fn, pending, due);
    });
  }

  #run(fn: () => unknown, pending: Pending | null, due: StoredDue | undefined): unknown {
    let result: unknown;
    try {
      result = fn();
    } catch (error) {
      this.#settled(pending, due);
      throw error;
    }
    if (typeof (result as PromiseLike<unknown> | undefined)?.then !== "function") {
      this.#settled(pending, due);
      return result;
    }
    return (result as PromiseLike<unknown>).then((value) => {
      this.#settled(pending, due);
      return value;
    }, (error) => {
      this.#settled(pending, due);
      throw error;
    });
  }

  #settled(pending: Pending | null, due: StoredDue | undefined): void {
    this.#calls--;
    if (due !== undefined) {
      this.#due!.remove(due);
      this.touch();
    }
    if (pending !== null) {
      pending.handlers--;
      if (this.ended && pending.handlers === 0) return this.#finish();
    }
    if (this.#calls === 0) this.#rest();
  }

  once(event: FlowEvent, name: string, fn: (call: OnceCall) => unknown): Promise<unknown> {
    return (this.#results ??= new OnceResults(this, this.#host)).call(event, name, fn);
  }

  done(event: FlowEvent, name: string): boolean {
    return this.#results?.has(event, name) ?? false;
  }

  stored(): Promise<void> {
    return this.touch().stored;
  }

  // --- storing ---------------------------------------------------------------------------------

  checkData(): void {
    checkJson(this.data, `the data of flow "${this.kind}/${this.id}"`);
  }

  #dataText(): string {
    this.checkData();
    return JSON.stringify(this.data);
  }

  #nextTime(): number | null {
    return this.#machine!.timers()[0]?.due ?? null;
  }

  #text(): string {
    const machine = this.#machine!;
    if (this.#results?.texts.size) {
      this.#results.prune((state, tick) => this.#isPast(machine, state, tick));
    }
    return snapshotText({
      ticks: ticksText(this.#plan.quoted, machine.time()),
      data: this.#storedData,
      args: this.#args.texts,
      timers: this.#plan.timed ? machine.exportTime().timers ?? [] : machine.timers(),
      once: this.#results?.texts,
      failed: this.#args.failed,
      children: this.#children?.list ?? [],
      due: this.#due?.list ?? [],
    });
  }

  /** Whether a newer activation of the state has begun: nobody can ask for what was done for it. */
  #isPast(machine: FlowMachine, state: string, tick: number): boolean {
    return state === "Any"
      ? this.#calls === 0
      : !machine.has(state) || machine.tick(state) > tick + 1;
  }

  /** Whether it has come to its end. */
  get #isOver(): boolean {
    return this.#plan.kind.ends.some((state) => this.#machine!.is(state as never));
  }

  /** All that is not stored yet. */
  take(): FlowCommit {
    const machine = this.#machine!;
    const { kind, hash } = this.#plan;
    this.#keepData(machine);
    const failed = machine.isErr();
    if (!failed) this.#args.failed = null;
    let log = "";
    for (const pending of this.#unstored) {
      if (pending.log !== "") log += log === "" ? pending.log : `,${pending.log}`;
    }
    const over = this.#isOver;
    const ended = over && !this.#children?.size && !this.#due?.size;
    const commit: FlowCommit = {
      kind: this.kind,
      id: this.id,
      after: this.revision,
      hash,
      active: machine.activeStates(),
      tags: kind.parts.tags?.(this.data) ?? [],
      due: ended ? null : this.#nextTime(),
      ended,
      failed,
      state: this.#text(),
      log: log === "" ? "" : `[${log}]`,
      at: Date.now(),
    };
    for (const pending of this.#unstored) pending.taken = true;
    if (over && !this.blocked) this.#block(machine);
    return commit;
  }

  /** Data that JSON cannot hold is an error of the flow; what was stored before is kept. */
  #keepData(machine: FlowMachine): void {
    try {
      this.#storedData = this.#dataText();
      this.#dataIsWrong = false;
    } catch (error) {
      if (!this.#dataIsWrong) machine.addErr(error);
      this.#dataIsWrong = true;
    }
  }

  #block(machine: FlowMachine): void {
    this.blocked = true;
    if (this.#calls === 0 && this.#nextTime() === null) return; // only users could change it
    const attached = this.#attached;
    machine.on("AnyEnter" as never, (() => false) as never);
    this.#attached = attached;
  }

  /** What was taken is stored. */
  wasStored(revision: number, ended: boolean): void {
    this.revision = revision;
    const done = this.#unstored;
    this.#unstored = done.at(-1)?.taken ? [] : [done.pop()!]; // only the last one may be newer
    if (ended) {
      this.ended = true;
      this.#host.finished(this, this.#machine!.isErr());
    }
    done.forEach((pending) => pending.succeeded());
    if (ended) {
      if (done.every((pending) => pending.handlers === 0)) this.#finish();
      this.#settle();
    } else if (this.blocked) this.#tellChildren();
    else if (this.#calls === 0) this.#rest();
  }

  /** It is over, but not finished before its children know. */
  #tellChildren(): void {
    if (!this.#children?.size || this.#telling) return;
    this.#telling = true;
    this.#children.tell().then(() => this.touch(), (error) => this.stop(error));
  }

  #finish(): void {
    this.#machine?.dispose();
  }

  /** What was taken is not stored; it is tried again. */
  notStored(error: unknown): void {
    for (const pending of this.#unstored) pending.failed(error);
  }

  /** What was taken is not stored; it is tried again at once. */
  putBack(): void {
    for (const pending of this.#unstored) pending.taken = false;
  }

  /** It goes on no more, here. */
  stop(reason: Error): void {
    if (this.stopped !== null || this.ended) return;
    this.stopped = reason;
    this.#machine?.dispose();
    for (const pending of this.#unstored) pending.givenUp(reason);
    this.#unstored = [];
    this.#settle();
  }
}

function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => {}); // nobody has to await it
  return promise;
}
