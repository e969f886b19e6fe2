import type { ExceptionArgs } from "../relations/mod.ts";
import type { Core } from "./core.ts";
import type { Event } from "./event.ts";
import type { Running } from "./running.ts";
import { stackOf, toError } from "./thrown.ts";
import { TransitionRecord } from "./transition.ts";

/*
 * What becomes of what handlers throw: the Exception state. What has been done is undone by the phases.
 */

/** A handler has thrown. `state` is what it speaks for, or -1. */
export function threw(
  core: Core,
  running: Running,
  handler: string,
  state: number,
  error: unknown,
): void {
  const tx = running.record();
  tx.record().refusedBy = handler;
  const { accepted } = running.plan!.resolution;
  if (tx.auto) core.barAutos(accepted.includes(state) ? [state] : tx.called);
  raise(core, tx, handler, error);
}

/** Adds Exception for what was thrown, unless that is what threw, or nothing may change. */
export function raise(core: Core, tx: TransitionRecord, handler: string, error: unknown): void {
  const err = toError(error);
  if (tx.check || tx.called.includes(core.schema.exception)) return core.report(err);
  if (!core.catchErrors) return core.throwLater(error);
  core.note(err);
  core.queueFirst(exceptionOf(core, err, panicOf(tx, handler, err)));
}

/**
 * The promise of a final handler was rejected. While the activation that it acts for lasts, that ends it:
 * one transition adds Exception and takes the state away.
 */
export function failedLater(core: Core, event: Event, error: unknown): void {
  const { expired, transition, name } = event;
  core.observer?.rejected(transition, name, error, expired);
  if (expired) return;
  const err = toError(error);
  core.note(err);
  const tx = exceptionOf(core, err, panicOf(transition, name, err));
  const { exception } = core.schema;
  if (event.state !== -1) {
    if (event.index === exception) return; // an error of the error's own handler is only reported
    tx.failed = { name: core.schema.names[event.index], activation: event.activation };
  }
  core.runNext(tx);
}

/** The add of Exception with these arguments. */
export function exceptionOf(core: Core, err: Error, args: object = { err }): TransitionRecord {
  const call = core.handlers.plans.one("add", "Exception");
  return new TransitionRecord(core, call, { ...args, err }, null);
}

function panicOf(tx: TransitionRecord, handler: string, err: Error): ExceptionArgs {
  return {
    err,
    panic: {
      calledStates: tx.calledStates,
      statesBefore: tx.statesBefore,
      transition: tx.id,
      handler,
      stack: stackOf(err),
    },
  };
}
