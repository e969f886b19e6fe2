import type { Time } from "../clock/mod.ts";
import {
  type CompiledSchema,
  members,
  type Schema,
  type StateSet,
  textOf,
} from "../relations/mod.ts";
import type { AnyMachine, Step, Tracer } from "./any_machine.ts";
import {
  type ArgsMapper,
  consoleLogger,
  levelNumber,
  type Logger,
  type LogLevel,
} from "./logging.ts";
import type { Mutation } from "./mutation.ts";
import type { Plan } from "./plan.ts";
import type { Call } from "./plans.ts";
import { messageOf, printError } from "./thrown.ts";
import type { TransitionRecord } from "./transition.ts";

/** Who is watched. */
export interface Watched {
  readonly machine: AnyMachine;
  readonly id: string;
  readonly schema: CompiledSchema;
  readonly active: StateSet;
  readonly clock: { readonly ticks: Time };
  readonly printErrors: boolean;
  readonly busy: boolean;
  /** How many mutations wait. */
  readonly waiting: number;
  /** What the relations do with a call, step by step. */
  relationStepsOf(call: Call): readonly Step[];
}

const CHANGES = 1;
const OPS = 2;
const DECISIONS = 3;
const EVERYTHING = 4;

/**
 * Tells tracers and the log what a machine does. Exists only while somebody watches. What watchers
 * throw is reported and goes no further.
 */
export class Observer {
  /** The machine's tracers. */
  readonly tracers: Set<Tracer> = new Set();
  /** The machine's log level, as a number. */
  level = 0;
  /** Takes the machine's log lines. */
  logger: Logger = consoleLogger;
  /** Which arguments are logged. */
  mapArgs: ArgsMapper | null = null;
  readonly #engine: Watched;
  /** How many errors each kind of watcher has thrown in this drain. */
  readonly #failures: Map<string, number> = new Map();
  #steps = false;
  /** The highest level that anybody wants. */
  #anyLevel = 0;

  constructor(engine: Watched) {
    this.#engine = engine;
  }

  /** Whether anybody watches. */
  get needed(): boolean {
    return this.tracers.size > 0 || this.level > 0;
  }

  /** Called after a change of tracers or levels. */
  refresh(): void {
    this.#steps = [...this.tracers].some((tracer) => tracer.steps);
    const levels = [...this.tracers].map((tracer) =>
      tracer.logLevel ? levelNumber(tracer.logLevel) : 0
    );
    this.#anyLevel = Math.max(this.level, ...levels);
  }

  /** Calls a hook of all tracers. */
  tell(call: (tracer: Tracer) => void): void {
    for (const tracer of this.tracers) {
      try {
        call(tracer);
      } catch (error) {
        this.#failed("tracer", error);
      }
    }
  }

  /** A line of the log. */
  log(line: string, level: LogLevel): void {
    const number = levelNumber(level);
    if (number <= this.level) {
      try {
        this.logger(line, level, this.#engine.id);
      } catch (error) {
        this.#failed("logger", error);
      }
    }
    if (number > this.#anyLevel) return;
    this.tell((tracer) => {
      if (tracer.log && tracer.logLevel && number <= levelNumber(tracer.logLevel)) {
        tracer.log(this.#machine, line, level);
      }
    });
  }

  /** Observes a mutation that has to wait. */
  queued(mutation: Mutation): void {
    this.tell((tracer) => tracer.mutationQueued?.(this.#machine, mutation));
    if (this.#anyLevel >= OPS) {
      this.log(
        `[queue:${mutation.type}] ${mutation.calledStates.join(", ")}${this.#args(mutation)}`,
        "ops",
      );
    }
  }

  /** Observes a transition before anything is decided. */
  init(tx: TransitionRecord): void {
    const record = tx.record();
    record.timeBefore = this.#engine.clock.ticks.slice();
    record.queueLength = this.#engine.waiting;
    if (this.#steps || this.#anyLevel >= DECISIONS) {
      record.steps = this.#engine.relationStepsOf(tx.call).slice();
    }
    this.tell((tracer) => tracer.transitionInit?.(tx));
    if (this.#anyLevel < OPS) return;
    const kind = tx.check ? `can:${tx.type}` : tx.auto ? `${tx.type}:auto` : tx.type;
    this.log(`[${kind}] ${tx.calledStates.join(", ")}${this.#args(tx)}`, "ops");
    if (this.#anyLevel >= DECISIONS) this.#logRelations(tx);
  }

  /** Observes a transition that the relations accepted. */
  start(tx: TransitionRecord): void {
    this.tell((tracer) => tracer.transitionStart?.(tx));
    if (this.#anyLevel >= EVERYTHING) this.log(`[start] ${tx.id}`, "everything");
  }

  /** Observes a handler before its call. */
  handlerStart(tx: TransitionRecord, handler: string, state: number): void {
    if (this.#steps) this.#step(tx, { kind: "handler", state, handler });
    this.tell((tracer) => tracer.handlerStart?.(tx, handler));
    if (this.#anyLevel >= OPS) this.log(`[handler] ${handler}`, "ops");
  }

  /** Observes a handler after its call. */
  handlerEnd(
    tx: TransitionRecord,
    handler: string,
    state: number,
    error: unknown,
    result: unknown,
  ): void {
    if (this.#steps && (error !== undefined || result === false)) {
      this.#step(tx, { kind: "cancel", state, handler });
    }
    this.tell((tracer) => tracer.handlerEnd?.(tx, handler, error));
  }

  /**
   * Calls a handler through the tracers that wrap it. What the handler returns or throws is what counts,
   * whatever they do with it; one that fails is reported, and the handler runs all the same.
   */
  wrap(tx: TransitionRecord, handler: string, call: () => unknown): unknown {
    let outcome: { readonly failed: boolean; readonly value: unknown } | null = null;
    const once = () => {
      if (outcome === null) {
        try {
          outcome = { failed: false, value: call() };
        } catch (error) {
          outcome = { failed: true, value: error };
        }
      }
      if (outcome.failed) throw outcome.value;
      return outcome.value;
    };
    let wrapped = once;
    for (const tracer of this.tracers) {
      if (!tracer.wrapHandler) continue;
      const inner = wrapped;
      wrapped = () => tracer.wrapHandler!(tx, handler, inner);
    }
    try {
      wrapped();
    } catch (error) {
      const known = outcome as { readonly failed: boolean; readonly value: unknown } | null;
      if (!known?.failed || known.value !== error) this.#failed("tracer", error);
    }
    return once();
  }

  /** Observes the rejection of an asynchronous handler. */
  rejected(tx: TransitionRecord, handler: string, error: unknown, expired: boolean): void {
    this.tell((tracer) => tracer.handlerRejected?.(tx, handler, error, expired));
    if (expired && this.#anyLevel >= DECISIONS) {
      this.log(`[expired] ${handler}: ${textOf(error)}`, "decisions");
    }
  }

  /** Observes the change of ticks. */
  applied(plan: Plan<Call>): void {
    if (this.#anyLevel < CHANGES || !plan.changes) return;
    const { names } = this.#engine.schema;
    const { exits, enters } = plan.resolution;
    const changes = [...enters.map((s) => `+${names[s]}`), ...exits.map((s) => `-${names[s]}`)];
    this.log(`[state${plan.call.auto ? ":auto" : ""}] ${changes.join(" ")}`, "changes");
  }

  /** Observes the end of a transition. */
  end(tx: TransitionRecord): void {
    tx.record().timeAfter = this.#engine.clock.ticks.slice();
    const { plan } = tx;
    if (this.#steps && tx.result === "executed" && plan && !tx.check) {
      const { steps } = tx.record();
      for (const state of plan.resolution.exits) steps.push({ kind: "exit", state });
      for (const state of plan.resolution.enters) {
        steps.push({
          kind: plan.twice.includes(state) || plan.renewed.includes(state) ? "touch" : "enter",
          state,
        });
      }
    }
    if (this.#anyLevel >= OPS && tx.result === "canceled") this.#logCancel(tx);
    this.tell((tracer) => tracer.transitionEnd?.(tx));
    if (this.#anyLevel >= EVERYTHING) this.log(`[end] ${tx.id} ${tx.result}`, "everything");
  }

  /** Observes the end of the queue. */
  queueEnded(): void {
    this.tell((tracer) => tracer.queueEnd?.(this.#machine));
    if (this.#failures.size > 0) this.#countFailures();
  }

  /** Observes an error. */
  error(error: Error): void {
    if (this.#anyLevel >= CHANGES) this.log(`[error] ${messageOf(error)}`, "changes");
  }

  /** Observes a mutation that will not run. */
  dropped(mutation: Mutation): void {
    this.tell((tracer) => tracer.mutationDropped?.(this.#machine, mutation));
    if (this.#anyLevel >= OPS) {
      this.log(`[queue:drop] ${mutation.type} ${mutation.calledStates.join(", ")}`, "ops");
    }
  }

  /** Observes ticks that came by an import. */
  imported(before: Time): void {
    this.tell((tracer) => tracer.timeImport?.(this.#machine, before));
    if (this.#anyLevel >= CHANGES) this.log(`[import] ${this.#engine.machine}`, "changes");
  }

  /** Observes a new schema. */
  schemaChanged(before: Schema): void {
    this.tell((tracer) => tracer.schemaChange?.(this.#machine, before));
  }

  get #machine(): AnyMachine {
    return this.#engine.machine;
  }

  /** Printed once per drain and kind of watcher, with a count at its end. */
  #failed(who: string, error: unknown): void {
    if (!this.#engine.printErrors) return;
    const count = (this.#failures.get(who) ?? 0) + 1;
    if (this.#engine.busy) this.#failures.set(who, count);
    if (count > 1) return;
    printError(`[${this.#engine.id}] A ${who} threw an error, which changes nothing:`, error);
  }

  #countFailures(): void {
    for (const [who, count] of this.#failures) {
      if (count > 1) console.error(`[${this.#engine.id}] A ${who} threw ${count - 1} more errors`);
    }
    this.#failures.clear();
  }

  #args(mutation: Mutation): string {
    if (!this.mapArgs) return "";
    try {
      const shown = Object.entries(this.mapArgs(mutation.args));
      return shown.length === 0
        ? ""
        : ` (${shown.map(([name, value]) => `${name}=${value}`).join(" ")})`;
    } catch (error) {
      this.#failed("logArgs function", error);
      return "";
    }
  }

  #step(tx: TransitionRecord, step: Step): void {
    tx.record().steps.push(step);
  }

  #logRelations(tx: TransitionRecord): void {
    const { names } = this.#engine.schema;
    for (const { kind, state, by } of tx.steps) {
      if (kind === "add") this.log(`[implied] ${names[state]}`, "decisions");
      if (kind === "remove") this.log(`[rel:remove] ${names[state]} by ${names[by!]}`, "decisions");
      if (kind === "require") this.log(`[reject] ${names[state]}(-${names[by!]})`, "decisions");
    }
  }

  #logCancel(tx: TransitionRecord): void {
    if (tx.refusedBy !== null) {
      this.log(`[cancel] (${tx.target.join(" ")}) by ${tx.refusedBy}`, "ops");
      return;
    }
    const accepted = tx.plan?.resolution.accepted ?? members(this.#engine.active);
    const { names } = this.#engine.schema;
    const lost = tx.called.filter((state) => !accepted.includes(state)).map((state) =>
      names[state]
    );
    this.log(`[cancel:reject] ${lost.join(" ")}`, "ops");
  }
}
