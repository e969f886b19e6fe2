import type { ClientData } from "./client_data.ts";
import { clientOrder } from "./lists.ts";
import { folded } from "./matcher.ts";
import type { Model } from "./model.ts";

/** Positions of the names that have the text in them; those that begin with it come first. */
function found(names: readonly string[], text: string): number[] {
  const wanted = folded(text);
  const begin: number[] = [];
  const within: number[] = [];
  if (wanted === "") return begin;
  names.forEach((name, i) => {
    const at = folded(name).indexOf(wanted);
    if (at === 0) begin.push(i);
    else if (at > 0) within.push(i);
  });
  return [...begin, ...within];
}

/** The keys of the machines that a search finds, the best first. */
export function matchingClients(model: Model, text: string): string[] {
  const order = clientOrder(model);
  return found(order, text).map((i) => order[i]);
}

/** The indexes of the states that a search finds, the best first. */
export function matchingStates(client: ClientData | null, text: string): number[] {
  return found(client?.hello.names ?? [], text);
}
