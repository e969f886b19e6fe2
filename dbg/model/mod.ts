/**
 * The debugger's data, its pure `update` and its pure `view`: what terminal and page share. All that
 * answers a question is a function from recorded data to plain data:
 *
 * | question                                    | function                                        |
 * | ------------------------------------------- | ----------------------------------------------- |
 * | why did a transition happen?                | `whyOf(store, client, row)`, `whyLines` of that |
 * | what caused it, back to the first cause?    | `causeOf`, `chainOf`                            |
 * | what did it lead to, in all machines?       | `effectsOf`                                     |
 * | why was it refused, and what made it so?    | `refusalOf`                                     |
 * | which errors are there, and how often?      | `errorGroups`, `equalErrors`, `errorOf`         |
 * | where does a text occur?                    | `foundRows`, `matchOf`                          |
 * | when was a state active, and for how long?  | `activationsOf`, `beginOf`                      |
 * | what is in an argument that was sent?       | `valueTree`                                     |
 *
 * `view` has them as `why`, `errors`, `found` and `time`: by layout, `why` beside any one
 * (`viewport.why`). Messages for them: `answer`, `go`, `back`, `forward`, `equal`, `unfold`, `zoom`,
 * `pan`, `timeWindow`, `timeBy`, `activation`, `sort`.
 *
 * @module
 */
export { type Activation, activationsOf, type TimeWindow } from "./activations.ts";
export type * from "./answer_types.ts";
export {
  type Cause,
  type CauseChain,
  causeOf,
  chainOf,
  type Effect,
  type Effects,
  effectsOf,
} from "./causes.ts";
export { copiedTest, type CopyOptions } from "./copied_test.ts";
export type { Row } from "./chunk.ts";
export { ClientData } from "./client_data.ts";
export { CLOCK, clock } from "./clock.ts";
export { equalErrors, type ErrorGroup, errorGroups, errorOf } from "./errors.ts";
export type { Rows } from "./filtered.ts";
export { foundRows, matchOf } from "./found.ts";
export type { Around, ListPart, Part } from "./list_part.ts";
export { linkTo, type Place, placeOf } from "./link.ts";
export * from "./model.ts";
export { referenceTo, type TransitionRef } from "./reference.ts";
export { refusalOf, type RefusalView, type RelationRefused } from "./refusal.ts";
export { RefusedError, Store, type StoreOptions, type StoreWatcher } from "./store.ts";
export { beginOf } from "./time_view.ts";
export { update } from "./update.ts";
export { type ValueEntry, type ValueNode, valueTree } from "./value_tree.ts";
export { transitionView, view } from "./view.ts";
export type * from "./view_types.ts";
export * from "./why.ts";
export { type WhyLine, whyLines, whyText } from "./why_lines.ts";
