import type { MutationType } from "../relations/mod.ts";
import type { Ask } from "./ask.ts";
import type { Core } from "./core.ts";
import { DrainLimitError, MachineDisposedError, QueueLimitError } from "./errors.ts";
import { exceptionOf } from "./failures.ts";
import type { Mutation, MutationSource, Result } from "./mutation.ts";
import { runAnyState, runTransition, tryTransition } from "./phases.ts";
import type { Plan } from "./plan.ts";
import type { Call } from "./plans.ts";
import type { HandlerTable } from "./bindings.ts";
import { Queue } from "./queue.ts";
import { Running } from "./running.ts";
import { enter, leave, running as innermost } from "./source.ts";
import { TransitionRecord } from "./transition.ts";

/** A function that waits for its turn between transitions. */
export interface EvalRequest extends Mutation {
  readonly type: "eval";
  /** Runs it and settles its promise. */
  readonly run: () => void;
  /** Settles its promise without running it. */
  readonly refuse: (reason: unknown) => void;
}

/** How many transitions of several machines may be nested: each adds to the stack. */
const MAX_DEPTH = 400;
/** How many of the last mutations a `DrainLimitError` names. */
const NAMED = 8;

/**
 * Runs a machine's mutations one after the other: the first one, then all that waits, until nothing does.
 * It begins in one way and ends in one way, whatever it began with.
 */
export class Drain {
  /** The transition that runs; another one during a dry run. */
  running: Running;
  /** Whether a drain runs: set and cleared where it begins and ends. */
  busy = false;
  /** Whether somebody is to be told of changes or of the end: waits, subscribers, tracers, timers. Set by the engine. */
  attended = false;
  /** Whether a function of the program has its turn between transitions: it may change everything. */
  evaluating = false;
  readonly #core: Core;
  readonly #queue: Queue<TransitionRecord | EvalRequest> = new Queue();
  /** Auto states that are not tried again in this drain. */
  #barred: Set<number> | null = null;
  /** What is thrown out of the mutation when the drain has ended. */
  #thrown: { readonly error: unknown } | null = null;
  /** Whether `#forget` has something to do. */
  #rare = false;
  /** How many transitions this drain has run. */
  #ran = 0;
  /** The last mutations before the limit, for the error. */
  readonly #last: string[] = [];
  /** The limit of transitions was reached: nothing is queued any more. */
  #over = false;
  /** The first mutation that the full queue refused, and how many. */
  #refused: { readonly text: string; count: number } | null = null;

  constructor(core: Core) {
    this.#core = core;
    this.running = new Running(core);
  }

  /** What waits. */
  get waiting(): (TransitionRecord | EvalRequest)[] {
    return this.#queue.toArray();
  }

  /** How many wait. */
  get size(): number {
    return this.#queue.size;
  }

  // --- beginning and end ---------------------------------------------------------

  /** Runs a mutation and then all that waits; the result is the first one's. */
  start(call: Call, args: unknown, ask: Ask | null): Result {
    this.#begin(true);
    try {
      const { running } = this;
      running.ask = ask;
      const result = this.#process(running, call, args, null);
      if (this.#queue.size > 0) this.#rest();
      return result;
    } finally {
      this.#end();
    }
  }

  /**
   * The same, when nobody watches and nothing else runs: the plan is known, and mostly nothing follows.
   * Written out, since this is what machines do most; each step is the same as in `start`.
   */
  startPlanned(plan: Plan<Call>, args: unknown, table: HandlerTable): Result {
    const core = this.#core;
    const { running } = this;
    this.busy = true;
    enter(running);
    running.beginPlanned(plan, args, ++core.transitions);
    try {
      const result = runTransition(core, running, plan, table);
      if (plan.follows || result !== "executed" || this.attended) {
        this.#finish(running, result, table);
      } else {
        if (running.recorded !== null) running.recorded.result = result;
        running.end();
      }
      if (this.#queue.size > 0) this.#rest();
      return result;
    } finally {
      leave(null);
      this.busy = false;
      if (this.#rare || this.attended) this.#end();
    }
  }

  /** Runs something between transitions, and then all that waits; the machine counts as busy meanwhile. */
  between(fn: () => void): void {
    this.#begin(false);
    try {
      fn();
      this.#rest();
    } finally {
      this.#end();
    }
  }

  #begin(first: boolean): void {
    const { running } = this;
    this.busy = true;
    this.#rare = true;
    const outer = enter(running);
    if (outer !== null) running.nest(outer);
    running.first = first;
  }

  #end(): void {
    const core = this.#core;
    leave(this.running.outer);
    this.busy = false;
    if (this.#rare) this.#forget();
    if (this.attended) core.drained();
    if (this.#thrown !== null) this.#throw();
  }

  /** What only some drains leave behind. */
  #forget(): void {
    const { running } = this;
    this.#rare = false;
    this.#barred = null;
    this.#over = false;
    this.#ran = 0;
    if (this.#last.length > 0) this.#last.length = 0; // setting it takes time
    if (running.active) running.end(); // something of ours has failed
    running.nest(null);
    running.first = running.plain = true;
    if (this.#refused !== null) this.#reportRefused();
  }

  #reportRefused(): void {
    const { text, count } = this.#refused!;
    this.#refused = null;
    this.#core.report(new QueueLimitError(text, this.#core.queueLimit, count));
  }

  #throw(): void {
    const { error } = this.#thrown!;
    this.#thrown = null;
    throw error;
  }

  #rest(): void {
    const { running } = this;
    this.#rare = true;
    running.first = false;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next instanceof TransitionRecord) {
        running.ask = next.ask;
        this.#process(running, next.call, next.args, next);
      } else if (this.#counts(next.calledStates)) {
        this.evaluate(next.run);
      }
    }
  }

  /** Gives a function its turn. */
  evaluate(run: () => void): void {
    this.evaluating = true;
    try {
      run();
    } finally {
      this.evaluating = false;
    }
  }

  // --- one transition ----------------------------------------------------------------

  /** Runs one transition; with a record if it was in the queue, else one is made when it is needed. */
  #process(running: Running, call: Call, args: unknown, tx: TransitionRecord | null): Result {
    const core = this.#core;
    if (!this.#counts(call.names)) return this.#drop(tx, running);
    // The schema or the handlers may have changed since it was queued.
    if (call.plans !== core.handlers.plans) call = this.#renew(call, running, tx);
    const { observer } = core;
    running.begin(call, args, ++core.transitions, tx);
    running.plain = observer === null && core.handlerTimeout === Infinity && running.ask === null;
    if (observer !== null) {
      observer.init(running.record());
      // Whoever watches may have bound other handlers.
      if (call.plans !== core.handlers.plans) {
        call = running.call = this.#renew(call, running, running.record());
      }
    }
    if (tx !== null && tx.failed !== null) this.bar([core.schema.indexes.get(tx.failed.name)!]);
    const plan = running.plan = core.planOf(call, tx === null ? null : tx.failed);
    const { table } = core.handlers;
    if (running.recorded !== null) running.recorded.plan = plan;
    if (observer !== null && plan.accepted) observer.start(running.record());
    if (running.check) {
      return this.#concludeCheck(running, tryTransition(core, running, plan, table));
    }
    const result = runTransition(core, running, plan, table);
    this.#finish(running, result, table);
    return result;
  }

  #finish(running: Running, result: Result, table: HandlerTable): void {
    if (running.plan!.follows) this.#follow(running, result, table);
    this.#conclude(running, result);
  }

  #concludeCheck(running: Running, result: Result): Result {
    const { recorded } = running;
    if (recorded !== null) recorded.result = result;
    this.#core.observer?.end(running.record());
    return result;
  }

  /** `AnyState`, and what the machine itself does next. */
  #follow(running: Running, result: Result, table: HandlerTable): void {
    const core = this.#core;
    const { plan } = running;
    if (result === "executed") {
      const calm = runAnyState(core, running, table);
      if (calm && plan!.autosFollow && plan!.events.length === 0) this.#queueAutos();
    }
    if (plan!.events.length > 0) this.#queueLeave(plan!.events);
  }

  #conclude(running: Running, result: Result): void {
    const core = this.#core;
    const { applied, args } = running;
    const plan = running.plan!;
    let tx: TransitionRecord | null = null;
    if (running.isSeen || core.subscribed || result !== "executed") {
      tx = this.#tell(running, plan, result);
    }
    running.end();
    if (applied && this.attended) core.notify(plan, result, args, tx);
  }

  /** Tells the outcome to the record, tracers, and who asked; returns the record if subscribers want it. */
  #tell(running: Running, plan: Plan<Call>, result: Result): TransitionRecord | null {
    const core = this.#core;
    const { recorded, ask } = running;
    if (recorded !== null) recorded.result = result;
    // Auto states are tried all the time: their refusals are no news.
    if (result === "canceled" && !plan.call.auto) core.canceledBy(recorded ?? plan.call);
    if (core.observer !== null) core.observer.end(running.record());
    if (ask !== null && !ask.settle()) {
      ask.unanswered(result === "canceled" ? core.explanation() : null);
    }
    if (result === "canceled" && recorded !== null && recorded.failed !== null) {
      this.#queueFailed(recorded);
    }
    return core.subscribed ? running.record() : null;
  }

  #renew(call: Call, running: Running, tx: TransitionRecord | null): Call {
    const renewed = this.#core.renewed(call);
    if (tx !== null) tx.call = renewed;
    if (running.ask !== null) running.ask.state = renewed.called[0];
    return renewed;
  }

  /** What the mutation would be by now; changes nothing. */
  dryRun(call: Call, args: unknown): TransitionRecord {
    const core = this.#core;
    const outer = this.running;
    const idle = !this.busy;
    if (core.disposed || outer.check && outer.active) {
      // Handlers of a dry run must not start another: relations alone answer.
      const tx = new TransitionRecord(core, call, args, null, true);
      tx.result = !core.disposed && core.planOf(call, null).accepted ? "executed" : "canceled";
      return tx;
    }
    const running = new Running(core);
    running.check = true;
    this.running = running;
    this.busy = true;
    running.nest(enter(running));
    const tx = new TransitionRecord(core, call, args, running.outer?.source ?? null, true);
    try {
      this.#process(running, call, args, tx);
    } finally {
      leave(running.outer);
      this.running = outer;
      this.busy = !idle;
    }
    if (idle && (this.#queue.size > 0 || this.#thrown !== null || this.attended)) {
      this.between(() => {}); // ends as all drains do
    }
    return tx;
  }

  // --- the queue ---------------------------------------------------------------------

  /** Puts a mutation at the end. */
  push(call: Call, args: unknown, source: MutationSource | null, ask: Ask | null): Result {
    const core = this.#core;
    if (this.#over) return this.#cancel("drainLimit");
    if (
      args === undefined && ask === null && !call.repeats && this.running.active &&
      isSame(this.#queue.last, call)
    ) {
      return "queued";
    }
    if (this.#queue.size >= core.queueLimit) {
      this.#refused ??= { text: `${call.type} ${call.names.join(", ")}`, count: 0 };
      this.#refused.count++;
      this.#rare = true;
      return this.#cancel("queueLimit");
    }
    const tx = new TransitionRecord(core, call, args, source);
    tx.ask = ask;
    this.#queue.push(tx);
    core.observer?.queued(tx);
    return "queued";
  }

  #cancel(why: "drainLimit" | "queueLimit"): Result {
    this.#core.canceledBy(why);
    return "canceled";
  }

  /** Puts a function at the end: first in, first out, as mutations. */
  pushEval(request: EvalRequest): void {
    const core = this.#core;
    if (this.#over) return request.refuse(new DrainLimitError(core.id, core.drainLimit, []));
    if (this.#queue.size >= core.queueLimit) {
      return request.refuse(new QueueLimitError("eval", core.queueLimit, 1));
    }
    this.#queue.push(request);
    core.observer?.queued(request);
  }

  /** Puts a transition at the front, whatever the limit. */
  unshift(tx: TransitionRecord): void {
    if (!this.#over) this.#queue.unshift(tx);
  }

  /** Puts the auto mutation at the front. */
  #queueAutos(): void {
    const core = this.#core;
    const { plans } = core.handlers;
    let call = plans.nextAuto(core.active);
    const barred = this.#barred;
    if (call !== null && barred !== null) {
      const states = call.called.filter((state) => !barred.has(state));
      call = states.length === 0 ? null : plans.auto(states);
    }
    if (call !== null) this.unshift(new TransitionRecord(core, call, undefined, null));
  }

  /** Event states leave again, before everything else. */
  #queueLeave(events: readonly number[]): void {
    const core = this.#core;
    const active = events.filter((state) => core.isActive(state));
    if (active.length === 0 || core.disposed) return;
    this.unshift(new TransitionRecord(core, core.handlers.plans.leave(active), undefined, null));
  }

  /** Exception was refused: the activation that has failed ends all the same. */
  #queueFailed({ failed, call }: TransitionRecord): void {
    const core = this.#core;
    const state = core.schema.indexes.get(failed!.name)!;
    if (call.forced || core.clock.activation(state) !== failed!.activation) return;
    const tx = new TransitionRecord(core, core.handlers.plans.leave([state]), undefined, null);
    tx.failed = failed;
    this.unshift(tx);
  }

  /** These auto states are not tried again in this drain. */
  bar(states: readonly number[]): void {
    this.#rare = true;
    this.#barred ??= new Set();
    for (const state of states) this.#barred.add(state);
  }

  /** Throws the error out of the mutation at the end. */
  throwLater(error: unknown): void {
    this.#rare = true;
    this.#thrown ??= { error };
  }

  /** The machine is over: everything that waits is told. */
  dispose(): void {
    let error: Error | null = null; // made when a function waits: it has a stack, which takes time
    this.#clear(() => error ??= new MachineDisposedError(this.#core.id, "run what was queued"));
  }

  #clear(reason: () => Error): void {
    const core = this.#core;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next instanceof TransitionRecord) {
        next.result = "canceled";
        next.ask?.unanswered(core.explanation());
        core.observer?.dropped(next);
      } else {
        next.refuse(reason());
      }
    }
  }

  // --- limits ------------------------------------------------------------------------

  /** Counts a transition; false when nothing may run any more. */
  #counts(names: readonly string[]): boolean {
    const core = this.#core;
    if (core.disposed) return false;
    if (this.#over || this.running.check) return true;
    if (++this.#ran > core.drainLimit) {
      this.#overflow(names);
      return false;
    }
    if (this.#ran > core.drainLimit - NAMED) {
      this.#rare = true;
      this.#last.push(this.#named(names));
    }
    return true;
  }

  #named(names: readonly string[]): string {
    const source = this.running.recorded?.source ?? null;
    return source === null ? names.join(", ") : `${names.join(", ")} by ${source.handler}`;
  }

  #overflow(names: readonly string[]): void {
    const core = this.#core;
    const error = new DrainLimitError(core.id, core.drainLimit, [
      ...new Set([...this.#last.splice(0), names.join(", ")]),
    ]);
    core.canceledBy("drainLimit");
    this.#clear(() => error);
    core.note(error);
    if (core.catchErrors) this.#queue.unshift(exceptionOf(core, error));
    else this.throwLater(error);
    this.#over = this.#rare = true;
  }

  /** A mutation that may not run any more. */
  #drop(tx: TransitionRecord | null, running: Running): Result {
    const core = this.#core;
    core.canceledBy(core.disposed ? "disposed" : "drainLimit");
    if (tx !== null) {
      tx.result = "canceled";
      core.observer?.dropped(tx);
    }
    running.ask?.unanswered(core.explanation());
    running.end();
    return "canceled";
  }

  /** Whether machines are nested so deep that the stack would overflow; the error says which. */
  tooDeep(type: MutationType, names: readonly string[]): DrainLimitError | null {
    const outer = innermost();
    if (outer === null || outer.depth < MAX_DEPTH) return null;
    const core = this.#core;
    return new DrainLimitError(core.id, MAX_DEPTH, [`${type} ${names.join(", ")}`], true);
  }
}

function isSame(last: TransitionRecord | EvalRequest | undefined, call: Call): boolean {
  if (
    !(last instanceof TransitionRecord) || last.hasArgs || last.auto || last.ask !== null ||
    last.type !== call.type || last.call.forced
  ) {
    return false;
  }
  const { called } = last;
  return called.length === call.called.length && call.called.every((s) => called.includes(s));
}
