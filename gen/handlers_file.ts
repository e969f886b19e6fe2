import { compileSchema, type Schema } from "../relations/mod.ts";

/** Where the schema of a handler class comes from. */
export interface HandlersFileOptions {
  /** The schema. */
  readonly schema: Schema;
  /** What the states file is imported as, `./states.ts`. */
  readonly from: string;
  /** The name of the schema's export. @default {"schema"} */
  readonly exported?: string;
  /** The class's name. @default {"MachineHandlers"} */
  readonly name?: string;
  /** What the library is imported as. @default {"@asyncmachine/asyncmachine"} */
  readonly library?: string;
}

/** The source of a class with a typed, documented stub of the handlers of each state. */
export function handlersFile(options: HandlersFileOptions): string {
  const {
    schema,
    from,
    exported = "schema",
    name = "MachineHandlers",
    library = "@asyncmachine/asyncmachine",
  } = options;
  const { names, states } = compileSchema(schema);
  const methods = names.filter((state) => state !== "Exception" || Object.hasOwn(schema, state))
    .map((state) => method(state, relations(states[state])));
  return `/**
 * Handlers for the states of \`${from}\`. Take out what you don't need; beside \`…Enter\` and
 * \`…State\` there are \`…Exit\` (may refuse that the state leaves) and \`…End\` (runs after it left).
 *
 * @module
 */
import type { ArgsOf, HandlerEvent, StatesOf } from "${library}";
import type { ${exported} } from "${from}";

type States = StatesOf<typeof ${exported}>;
type Event<Name extends keyof States> = HandlerEvent<States, ArgsOf<States, Name>>;

/** To be bound by \`machine.bindHandlers(new ${name}())\`. */
export class ${name} {
${methods.join("\n")}}
`;
}

function relations(state: Schema[string]): string {
  const said = (["add", "remove", "require", "after"] as const)
    .filter((relation) => state[relation]?.length)
    .map((relation) => `${VERBS[relation]} ${state[relation]!.join(", ")}`);
  return said.length === 0 ? "" : `; the state ${said.join("; ")}`;
}

const VERBS = { add: "adds", remove: "removes", require: "requires", after: "comes after" };

function method(state: string, about: string): string {
  return `  /** May refuse ${state} by returning false${about}. */
  ${state}Enter(_event: Event<"${state}">): boolean {
    return true;
  }

  /** Acts when ${state} is active; \`event.signal\` aborts when it no longer is. */
  ${state}State(_event: Event<"${state}">): void {}
`;
}
