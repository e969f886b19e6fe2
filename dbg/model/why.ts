import type { WireError } from "../../telemetry/debugger/protocol.ts";
import { STEP_KINDS } from "../../telemetry/debugger/protocol.ts";
import { type CauseChain, chainOf, type Effects, effectsOf } from "./causes.ts";
import type { Row } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";
import { clock } from "./clock.ts";
import { errorOf } from "./errors.ts";
import { refusalOf, type RefusalView } from "./refusal.ts";
import { referenceTo, type TransitionRef } from "./reference.ts";
import type { Store } from "./store.ts";
import { type ValueNode, valueTree } from "./value_tree.ts";

/** All that is known of why a transition happened, and what came of it. */
export interface Why {
  /** The transition. */
  readonly tx: TransitionRef;
  /** `executed`, `canceled`, `allowed` and `not allowed` (dry runs), or `time moved`. */
  readonly outcome: "executed" | "canceled" | "allowed" | "not allowed" | "time moved";
  /** What caused it, and what caused that, back to the first cause. */
  readonly chain: CauseChain;
  /** When it was asked for. */
  readonly asked: AskedView;
  /** How long it took. */
  readonly took: TookView;
  /** Its arguments. */
  readonly args: readonly ArgumentView[];
  /** Whether its machine's program sends arguments; `unknown`: it cannot say so. */
  readonly argsSent: "yes" | "no" | "unknown";
  /** Why it was refused; `null` when it was not. */
  readonly refusal: RefusalView | null;
  /** What it led to. */
  readonly effects: Effects;
  /** The error that it is about. */
  readonly error: ErrorView | null;
  /** How many transitions were lost right before, when the time moved. */
  readonly lost: number;
}

/** When a mutation was asked for. */
export interface AskedView {
  /** When, in ms since the epoch. */
  readonly time: number;
  /** The same for display, in UTC. */
  readonly clock: string;
  /** How long it waited, in ms; `null` when it did not, or that is not known. */
  readonly waited: number | null;
  /** How many transitions ran meanwhile. */
  readonly behind: number;
}

/** How long a transition took. */
export interface TookView {
  /** In ms. */
  readonly total: number;
  /** Its handlers in order; `ms` is `null` when it is not known. */
  readonly handlers: readonly { readonly name: string; readonly ms: number | null }[];
}

/** An argument. */
export interface ArgumentView {
  /** Its name. */
  readonly name: string;
  /** Its value. */
  readonly value: ValueNode;
}

/** An error. */
export interface ErrorView {
  /** Its name. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** The lines of its stack, those of the program itself first. */
  readonly stack: readonly StackLine[];
  /** What caused it, and what caused that. */
  readonly causes: readonly {
    readonly name: string;
    readonly message: string;
    readonly stack: readonly StackLine[];
  }[];
}

/** A line of a stack. */
export interface StackLine {
  /** Without `at`. */
  readonly text: string;
  /** Whether it is the program's own: not the library's, a dependency's or the runtime's. */
  readonly own: boolean;
}

const HANDLER = STEP_KINDS.indexOf("handler");

/** Why a kept row happened, and what came of it. */
export function whyOf(store: Store, client: ClientData, row: number): Why {
  const tx = client.row(row);
  const { version, args } = client.hello;
  const waited = tx.waited ?? null;
  const asked = tx.time - (waited ?? 0);
  let handler = 0;
  return {
    tx: referenceTo(client, row),
    outcome: outcomeOf(tx),
    chain: chainOf(store, client, row),
    asked: { time: asked, clock: clock(asked), waited, behind: tx.behind ?? 0 },
    took: {
      total: tx.duration,
      handlers: tx.steps.filter(([kind]) => kind === HANDLER).map(([, , , name]) => ({
        name,
        ms: tx.took?.[handler++] ?? null,
      })),
    },
    args: Object.entries(tx.args ?? {}).map(([name, text]) => ({ name, value: valueTree(text) })),
    argsSent: tx.args !== undefined || args ? "yes" : version === 1 ? "unknown" : "no",
    refusal: refusalOf(client, row),
    effects: effectsOf(store, client, row),
    error: errorView(errorOf(client, row)),
    lost: tx.lost ?? 0,
  };
}

function outcomeOf({ type, check, accepted }: Row): Why["outcome"] {
  if (type === "jump") return "time moved";
  if (check) return accepted ? "allowed" : "not allowed";
  return accepted ? "executed" : "canceled";
}

function errorView(error: WireError | null): ErrorView | null {
  if (error === null) return null;
  const causes: ErrorView["causes"][number][] = [];
  for (let cause = error.cause; cause !== undefined; cause = cause.cause) {
    causes.push({ name: cause.name, message: cause.message, stack: stackLines(cause) });
  }
  return { name: error.name, message: error.message, stack: stackLines(error), causes };
}

/** Frames that are not the program's: of the runtime, of dependencies, of this library. */
const FOREIGN = new RegExp(
  [
    String.raw`node_modules|\b(?:node|ext|npm|jsr|deno):|jsr\.io|esm\.sh|internal/|<anonymous>$`,
    "asyncmachine[^/]*/(?:[^/]*/)*?(?:machine|pipes|clock|relations)/",
    String.raw`/machine/(?:observer|phases|drain|engine|machine|event|failures|reading)\.ts`,
    String.raw`^(?:async )?(?:Promise|Array)\.`,
  ].join("|"),
);

function stackLines({ name, message, stack = "" }: WireError): StackLine[] {
  const head = `${name}: ${message}`;
  const rest = stack.startsWith(head) ? stack.slice(head.length) : stack;
  const lines = rest.split("\n").map((line) => line.trim().replace(/^at /, ""))
    .filter((line) => line !== "" && !head.includes(line))
    .map((text): StackLine => ({
      text: text.replaceAll("file://", ""),
      own: !FOREIGN.test(text),
    }));
  return [...lines.filter(({ own }) => own), ...lines.filter(({ own }) => !own)];
}
