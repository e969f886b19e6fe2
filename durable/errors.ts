import { AsyncMachineError } from "../machine/mod.ts";

/** Another live owner has the flow. */
export class FlowOwnedError extends AsyncMachineError {
  /** The error's name. */
  override readonly name = "FlowOwnedError";
  /** The flow's kind. */
  readonly kind: string;
  /** The flow's id. */
  readonly id: string;

  /** Names the flow. */
  constructor(kind: string, id: string) {
    super(`Flow "${kind}/${id}" has another owner, which is alive: ask there, or after its lease`);
    this.kind = kind;
    this.id = id;
  }
}

/** The lease on flows is over: somebody else may have them now, and nothing more is stored. */
export class LeaseLostError extends AsyncMachineError {
  /** The error's name. */
  override readonly name = "LeaseLostError";
}

/** The flows were closed: nothing more is stored until the store is opened again. */
export class FlowsClosedError extends AsyncMachineError {
  /** The error's name. */
  override readonly name = "FlowsClosedError";

  /** Says what was tried. */
  constructor(tried: string) {
    super(`Cannot ${tried}: the flows were closed`);
  }
}

/** A stored flow cannot be opened as it is: another schema, or something in it is wrong. */
export class FlowUnreadableError extends AsyncMachineError {
  /** The error's name. */
  override readonly name = "FlowUnreadableError";

  /** Names the flow and what is wrong. */
  constructor(kind: string, id: string, why: string, options?: ErrorOptions) {
    super(`Cannot open flow "${kind}/${id}": ${why}`, options);
  }
}

/** The store could not do what it was asked for; what was to be stored is kept and tried again. */
export class StoreError extends AsyncMachineError {
  /** The error's name. */
  override readonly name = "StoreError";
}
