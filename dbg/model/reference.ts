import type { ClientData } from "./client_data.ts";
import { clock } from "./clock.ts";

/** A transition of a machine, as something to go to. */
export interface TransitionRef {
  /** The machine's key. */
  readonly key: string;
  /** The transition's number within it. */
  readonly id: number;
  /** The absolute row. */
  readonly row: number;
  /** `add Foo, Bar`. */
  readonly title: string;
  /** Whether it was executed. */
  readonly accepted: boolean;
  /** Whether `Exception` was called or activated. */
  readonly error: boolean;
  /** When it began, in ms since the epoch. */
  readonly time: number;
  /** The same for display, in UTC. */
  readonly clock: string;
}

/** Called states that a title names. */
const NAMED = 3;

/** A kept row as something to go to. */
export function referenceTo(client: ClientData, row: number): TransitionRef {
  const { id, type, called, check, accepted, error, time } = client.row(row);
  const names = called.slice(0, NAMED).map((state) => client.hello.names[state]);
  if (called.length > NAMED) names.push("…");
  return {
    key: client.key,
    id,
    row,
    title: type === "jump" ? "time moved" : `${check ? "can " : ""}${type} ${names.join(", ")}`,
    accepted,
    error,
    time,
    clock: clock(time),
  };
}
