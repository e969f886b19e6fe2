/**
 * The states of a machine.
 *
 * Not expressed by the schema:
 *
 * - FileProcessed.Tags: there is no such property here
 * - Exception: every machine has it, its own properties are left out
 *
 * @module
 */
// #region states, made by gen: it keeps relations when it runs again
import { defineSchema, type StateHandlers, type StatesOf } from "@asyncmachine/asyncmachine";

/** The states, in order, with their relations. */
export const schema = defineSchema({
  ProcessingFile: { add: ["InProgress"], remove: ["FileProcessed"] },
  FileProcessed: { remove: ["ProcessingFile", "InProgress"] },
  InProgress: { auto: true, require: ["ProcessingFile"] },
});

/** The states with the types of their arguments. */
export type States = StatesOf<typeof schema>;

/** The names of the states. */
export const names = {
  ProcessingFile: "ProcessingFile",
  FileProcessed: "FileProcessed",
  InProgress: "InProgress",
} as const;

/** The name of a state. */
export type Name = keyof typeof names;

/** Groups of states. */
export const groups = {} satisfies Record<string, readonly Name[]>;

/** The handlers of ProcessingFile. */
export type ProcessingFileHandlers = StateHandlers<States, "ProcessingFile">;

/** The handlers of FileProcessed. */
export type FileProcessedHandlers = StateHandlers<States, "FileProcessed">;

/** The handlers of InProgress. */
export type InProgressHandlers = StateHandlers<States, "InProgress">;
// #endregion states
