import { args, type ExceptionArgs, type Schema } from "../relations/mod.ts";

/** The states of {@linkcode basic}, with the types of their arguments. */
export interface BasicStates {
  /** The machine is to do its work; removed to stop it. */
  Start: unknown;
  /** The machine has started and is of use. */
  Ready: unknown;
  /** Somebody asks whether it is well; multi. */
  Healthcheck: unknown;
  /** A sign of life, added from time to time; multi. */
  Heartbeat: unknown;
  /** The network failed; multi, added by `addErr`. */
  ErrNetwork: ExceptionArgs;
  /** Something took too long; multi, added by `addErr`. */
  ErrTimeout: ExceptionArgs;
}

/**
 * The life of a typical machine: Start, Ready, Healthcheck, Heartbeat and two kinds of errors, which
 * come with `Exception`: `machine.addErr(error, { state: "ErrNetwork" })`.
 */
export const basic: Schema<BasicStates> = {
  Start: {},
  Ready: { require: ["Start"] },
  Healthcheck: { multi: true, require: ["Start"] },
  Heartbeat: { multi: true, require: ["Start"] },
  ErrNetwork: { multi: true, require: ["Exception"], args: args<ExceptionArgs>() },
  ErrTimeout: { multi: true, require: ["Exception"], args: args<ExceptionArgs>() },
};
