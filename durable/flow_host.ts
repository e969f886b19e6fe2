import type { ChildHost } from "./children.ts";
import type { FlowSettings } from "./settings.ts";

/** Who has the flow, and stores it. */
export interface FlowHost<F> extends ChildHost {
  /** Settings of its flows. */
  readonly settings: FlowSettings;
  /** There is something to store. */
  toStore(flow: F): void;
  /** Resolves when it is sure that the lease has not ended; rejects when it has. */
  mayAct(): Promise<void> | null;
  /** It does nothing for now. */
  rests(flow: F): void;
  /** It is finished. */
  finished(flow: F, failed: boolean): void;
  /** Somebody waits for its end while it sleeps: it must not be forgotten. */
  awaited(flow: F): void;
  /** Somebody asked for its machine while it slept. */
  woken(flow: F): void;
}
