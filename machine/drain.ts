import type { MutationType } from "../relations/mod.ts";
import type { Ask } from "./ask.ts";
import type { Core } from "./core.ts";
import { DrainLimitError, MachineDisposedError, QueueLimitError, RefusedError } from "./errors.ts";
import { exceptionOf } from "./failures.ts";
import type { Mutation, MutationSource, Result } from "./mutation.ts";
import { runAnyState, runTransition, tryTransition } from "./phases.ts";
import type { Call } from "./plans.ts";
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
  readonly #core: Core;
  readonly #queue: Queue<TransitionRecord | EvalRequest> = new Queue();
  /** Auto states that are not tried again in this drain. */
  #barred: Set<number> | null = null;
  /** What is thrown out of the mutation when the drain has ended. */
  #thrown: { readonly error: unknown } | null = null;
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
      const { running } = this.#core;
      running.ask = ask;
      const result = this.#process(running, call, args, null);
      if (this.#queue.size > 0) this.#rest();
      return result;
    } finally {
      this.#end();
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
    const { running } = this.#core;
    this.#core.setBusy(true);
    running.outer = enter(running);
    running.depth = running.outer === null ? 1 : running.outer.depth + 1;
    running.first = first;
  }

  #end(): void {
    const core = this.#core;
    leave(core.running.outer);
    core.running.outer = null;
    core.running.end();
    core.setBusy(false);
    this.#barred = null;
    this.#ran = 0;
    this.#over = false;
    if (this.#last.length > 0) this.#last.length = 0;
    if (this.#refused !== null) this.#reportRefused();
    core.drained();
    if (this.#thrown !== null) this.#throw();
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
    const { running } = this.#core;
    running.first = false;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next instanceof TransitionRecord) {
        running.ask = next.ask;
        this.#process(running, next.call, next.args, next);
      } else if (this.#counts(next.calledStates)) {
        next.run();
      }
    }
  }

  // --- one transition ----------------------------------------------------------------

  /** Runs one transition; with a record if it was in the queue, else one is made when it is needed. */
  #process(running: Running, call: Call, args: unknown, tx: TransitionRecord | null): Result {
    const core = this.#core;
    if (!this.#counts(call.names)) return this.#drop(tx, running);
    // The schema or the handlers may have changed since it was queued.
    if (call.plans !== core.handlers.plans) call = this.#renew(call, tx);
    const { observer } = core;
    running.begin(call, args, ++core.transitions, tx);
    running.plain = observer === null && core.handlerTimeout === Infinity && running.ask === null;
    if (observer !== null) {
      observer.init(running.record());
      // Whoever watches may have bound other handlers.
      if (call.plans !== core.handlers.plans) {
        call = running.call = this.#renew(call, running.record());
      }
    }
    const plan = running.plan = core.planOf(call, tx === null ? null : tx.failed);
    running.table = core.handlers.table;
    if (running.recorded !== null) running.recorded.plan = plan;
    if (observer !== null && plan.accepted) observer.start(running.record());
    let result: Result;
    if (running.check) {
      result = tryTransition(core, running);
    } else {
      result = runTransition(core, running);
      this.#follow(running, result);
    }
    this.#conclude(running, result);
    return result;
  }

  /** `AnyState`, and what the machine itself does next. */
  #follow(running: Running, result: Result): void {
    const core = this.#core;
    const { plan } = running;
    if (result === "executed") {
      const calm = runAnyState(core, running);
      if (calm && plan!.autosFollow && plan!.events.length === 0) this.#queueAutos();
    }
    if (plan!.events.length > 0) this.#queueLeave(plan!.events);
  }

  #conclude(running: Running, result: Result): void {
    const core = this.#core;
    const { recorded, plan, ask, check } = running;
    if (recorded !== null) recorded.result = result;
    if (check) return core.observer?.end(running.record());
    // Auto states are tried all the time: their refusals are no news.
    if (result === "canceled" && !plan!.call.auto) core.canceledBy(recorded ?? plan!.call);
    core.observer?.end(running.record());
    if (ask !== null && !ask.settle()) this.#refuse(ask, result);
    if (result === "canceled" && recorded !== null && recorded.failed !== null) {
      this.#queueFailed(recorded);
    }
    const { applied, args } = running;
    const tx = core.subscribed ? running.record() : null;
    running.end();
    if (applied) core.notify(plan!, result, args, tx);
  }

  #refuse(ask: Ask, result: Result): void {
    const core = this.#core;
    if (core.disposed) return ask.refuse(new MachineDisposedError(core.id, "answer"));
    const explanation = result === "canceled" ? core.explanation() : null;
    ask.refuse(new RefusedError(core.id, core.schema.names[ask.state], explanation));
  }

  #renew(call: Call, tx: TransitionRecord | null): Call {
    const renewed = this.#core.renewed(call);
    if (tx !== null) {
      tx.call = renewed;
      if (tx.ask !== null) tx.ask.state = renewed.called[0];
    }
    return renewed;
  }

  /** What the mutation would be by now; changes nothing. */
  dryRun(call: Call, args: unknown): TransitionRecord {
    const core = this.#core;
    const outer = core.running;
    const idle = !core.busy;
    if (core.disposed || outer.check && outer.active) {
      // Handlers of a dry run must not start another: relations alone answer.
      const tx = new TransitionRecord(core, call, args, null, true);
      tx.result = !core.disposed && core.planOf(call, null).accepted ? "executed" : "canceled";
      return tx;
    }
    const running = new Running(core);
    running.check = true;
    core.running = running;
    core.setBusy(true);
    running.outer = enter(running);
    running.depth = (running.outer?.depth ?? 0) + 1;
    const tx = new TransitionRecord(core, call, args, running.outer?.source ?? null, true);
    try {
      this.#process(running, call, args, tx);
    } finally {
      leave(running.outer);
      core.running = outer;
      core.setBusy(!idle);
    }
    if (idle && (this.#queue.size > 0 || this.#thrown !== null)) this.between(() => {});
    return tx;
  }

  // --- the queue ---------------------------------------------------------------------

  /** Puts a mutation at the end. */
  push(call: Call, args: unknown, source: MutationSource | null, ask: Ask | null): Result {
    const core = this.#core;
    if (this.#over) return this.#cancel("drainLimit");
    if (
      args === undefined && ask === null && !call.repeats && core.running.active &&
      isSame(this.#queue.last, call)
    ) {
      return "queued";
    }
    if (this.#queue.size >= core.queueLimit) {
      this.#refused ??= { text: `${call.type} ${call.names.join(", ")}`, count: 0 };
      this.#refused.count++;
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
    this.#barred ??= new Set();
    for (const state of states) this.#barred.add(state);
  }

  /** Throws the error out of the mutation at the end. */
  throwLater(error: unknown): void {
    this.#thrown ??= { error };
  }

  /** The machine is over: everything that waits is told. */
  dispose(): void {
    const core = this.#core;
    this.#clear(new MachineDisposedError(core.id, "run what was queued"));
  }

  #clear(reason: Error): void {
    const core = this.#core;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next instanceof TransitionRecord) {
        next.result = "canceled";
        next.ask?.refuse(reason);
        core.observer?.dropped(next);
      } else {
        next.refuse(reason);
      }
    }
  }

  // --- limits ------------------------------------------------------------------------

  /** Counts a transition; false when nothing may run any more. */
  #counts(names: readonly string[]): boolean {
    const core = this.#core;
    if (core.disposed) return false;
    if (this.#over || core.running.check) return true;
    if (++this.#ran > core.drainLimit) {
      this.#overflow(names);
      return false;
    }
    if (this.#ran > core.drainLimit - NAMED) this.#last.push(this.#named(names));
    return true;
  }

  #named(names: readonly string[]): string {
    const source = this.#core.running.recorded?.source ?? null;
    return source === null ? names.join(", ") : `${names.join(", ")} by ${source.handler}`;
  }

  #overflow(names: readonly string[]): void {
    const core = this.#core;
    const error = new DrainLimitError(core.id, core.drainLimit, [
      ...new Set([...this.#last.splice(0), names.join(", ")]),
    ]);
    this.#clear(error);
    core.note(error);
    if (core.catchErrors) this.#queue.unshift(exceptionOf(core, error));
    else this.throwLater(error);
    this.#over = true;
  }

  /** A mutation that may not run any more. */
  #drop(tx: TransitionRecord | null, running: Running): Result {
    const core = this.#core;
    core.canceledBy(core.disposed ? "disposed" : "drainLimit");
    if (tx !== null) {
      tx.result = "canceled";
      core.observer?.dropped(tx);
    }
    if (running.ask !== null) this.#refuse(running.ask, "canceled");
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
