/**
 * A nondeterministic finite automaton, which is in several states at once: it recognizes words over
 * a and b whose third letter from the end is an a.
 *
 *     deno run examples/nfa.ts [WORD …]
 */
import { defineSchema, Machine } from "../mod.ts";

/** What is tried when no words are given. */
const WORDS = ["abb", "babab", "bbb", "ab"];

/** The moves of the automaton: from a state by a letter to states. */
const MOVES = {
  Start: { a: ["Start", "ThirdLast"], b: ["Start"] },
  ThirdLast: { a: ["SecondLast"], b: ["SecondLast"] },
  SecondLast: { a: ["Last"], b: ["Last"] },
  Last: { a: [], b: [] },
} as const;

/** The states. */
export const schema = defineSchema({ Start: {}, ThirdLast: {}, SecondLast: {}, Last: {} });

/** Whether the word belongs to the language. */
export function recognizes(word: string): boolean {
  const machine = new Machine(schema, { id: "nfa" });
  machine.set("Start");
  for (const letter of word) {
    if (letter !== "a" && letter !== "b") return false;
    const states = machine.activeStates().filter((state) => state !== "Exception");
    machine.set([...new Set(states.flatMap((state) => MOVES[state][letter]))]);
  }
  return machine.is("Last");
}

if (import.meta.main) {
  const words = Deno.args.length > 0 ? Deno.args : WORDS;
  for (const word of words) console.log(word, recognizes(word) ? "accepted" : "rejected");
}
