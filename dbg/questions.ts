/**
 * What may be asked about all that is recorded, and with which parameters. The server answers them over HTTP, `dbg mcp` shows them as tools.
 *
 * @module
 */
import {
  errors,
  find,
  type Given,
  LONGEST,
  machines,
  MOST,
  QuestionError,
  said,
  SOME,
  state,
  transitions,
  wait,
  why,
} from "./answers.ts";
import type { Store } from "./model/store.ts";

/** A parameter of a question. */
export interface Parameter {
  /** What its value is. */
  readonly type: "string" | "integer" | "boolean" | "names";
  /** What it means. */
  readonly description: string;
  /** Whether it has to be given. */
  readonly required?: boolean;
}

/** A question. */
export interface Question {
  /** What it answers. */
  readonly description: string;
  /** What it takes. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Its answer: plain data of a bounded size. */
  readonly answer: (store: Store, given: Given) => object;
}

const machine: Parameter = {
  type: "string",
  description: "The machine's id, as `machines` tells it",
  required: true,
};
const transition: Parameter = {
  type: "integer",
  description: "The transition's number within its machine",
  required: true,
};
const limit: Parameter = { type: "integer", description: `At most so many (${SOME})` };
const search: Parameter = { type: "string", description: "Only what has this text in it" };

/** The questions by name. */
export const QUESTIONS: Readonly<Record<string, Question>> = {
  machines: {
    description:
      "Lists the machines with their number of transitions and errors, and their active states. Begin here, or with `errors`.",
    parameters: {
      search,
      limit,
      skip: { type: "integer", description: "Leave out so many from the beginning" },
    },
    answer: machines,
  },
  state: {
    description:
      "The states of one machine with their ticks and relations (a state is active while its tick is odd), and the times that run; now, or after one of its transitions.",
    parameters: { machine, transition: { ...transition, required: false }, search },
    answer: state,
  },
  transitions: {
    description:
      "Transitions of one machine, the newest ones that pass the filters, oldest first. Each says what called it, what changed, and what caused it.",
    parameters: {
      machine,
      states: { type: "names", description: "Only those that called or changed one of these" },
      outcome: { type: "string", description: "Only `executed` or only `canceled` ones" },
      errors: { type: "boolean", description: "Only those with an error" },
      auto: { type: "boolean", description: "false: without those of auto states" },
      before: { type: "integer", description: "Only those before this number" },
      after: { type: "integer", description: "The first ones after this number instead" },
      limit,
    },
    answer: transitions,
  },
  why: {
    description:
      "Why a transition happened: its causes across machines back to the first one, its error with the stack, arguments, why it was refused and by which transitions, how long it waited and took, and what it led to.",
    parameters: { machine, transition },
    answer: why,
  },
  errors: {
    description:
      "The errors of all machines, equal ones of a machine together, the newest first. Ask `why` of one next.",
    parameters: { machine: { ...machine, required: false }, search, limit },
    answer: errors,
  },
  search: {
    description:
      "Finds a text in states, arguments, errors with their stacks, lines of the log, handlers and numbers of transitions of all machines, or of one; the newest first.",
    parameters: {
      text: { type: "string", description: "The text, whatever its case", required: true },
      machine: { ...machine, required: false },
      limit,
    },
    answer: find,
  },
  wait: {
    description:
      "Waits until a condition holds: states of a machine are active and others inactive, at once; or an error happens, in one machine or in any. A machine that is not there yet is waited for.",
    parameters: {
      machine: { ...machine, required: false },
      active: { type: "names", description: "States that have to be active" },
      inactive: { type: "names", description: "States that have to be inactive" },
      error: { type: "boolean", description: "true: an error happens from now on" },
      from: { type: "integer", description: "Where an earlier wait ended: its `next`" },
    },
    answer: wait,
  },
};

/** Answers a question; whoever asks is not trusted. */
export function answerTo(store: Store, name: string, parameters: unknown): object {
  // A name could be that of something that every object has.
  if (!Object.hasOwn(QUESTIONS, name)) {
    throw new QuestionError(
      `Question ${said(name)} is not known: there are ${Object.keys(QUESTIONS).join(", ")}`,
    );
  }
  const question = QUESTIONS[name];
  return question.answer(store, checked(question, parameters ?? {}));
}

function checked(question: Question, parameters: unknown): Given {
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) {
    throw new QuestionError("Parameters have to be an object");
  }
  const given: Record<string, unknown> = { ...parameters };
  const known = question.parameters;
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue;
    throw new QuestionError(
      `Parameter ${said(name)} is not known: there are ${Object.keys(known).join(", ")}`,
    );
  }
  for (const [name, { type, required }] of Object.entries(known)) {
    const value = given[name];
    if (value === undefined || value === null) {
      if (required) throw new QuestionError(`Parameter "${name}" is missing`);
      delete given[name];
    } else if (!isOf(type, value)) {
      const wanted = { integer: "a whole number from 0", names: "a list of names" };
      throw new QuestionError(
        `Parameter "${name}" has to be ${
          type === "string" || type === "boolean" ? `a ${type}` : wanted[type]
        }`,
      );
    }
  }
  return given as Given;
}

function isOf(type: Parameter["type"], value: unknown): boolean {
  if (type === "integer") return Number.isSafeInteger(value) && (value as number) >= 0;
  if (type === "names") {
    return Array.isArray(value) && value.length <= MOST &&
      value.every((one) => isOf("string", one));
  }
  return typeof value === type && (type !== "string" || (value as string).length <= LONGEST);
}
