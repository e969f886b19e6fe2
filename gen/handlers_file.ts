import { compileSchema, type Schema } from "../relations/mod.ts";
import { checkIdentifier, inComment, isIdentifier, key, quoted } from "./identifiers.ts";
import { InputError } from "./input_error.ts";
import { libraryAddress } from "./paths.ts";

/** Where the schema of a handler class comes from. */
export interface HandlersFileOptions {
  /** The schema. */
  readonly schema: Schema;
  /** What the states file is imported as, `./states.ts`; of JSON, only its states' names are used. */
  readonly from: string;
  /** The name of the schema's export. @default {"schema"} */
  readonly exported?: string;
  /** The class's name. @default {"MachineHandlers"} */
  readonly name?: string;
  /** What the library is imported as. @default {"@asyncmachine/asyncmachine"} */
  readonly library?: string;
}

/** Names that the file needs for itself. */
const TAKEN = ["ArgsOf", "Event", "HandlerEvent", "States", "StatesOf"];

/**
 * The source of a class with a typed, documented stub of the handlers of each state.
 *
 * @throws {InputError} If the class cannot have its name.
 */
export function handlersFile(options: HandlersFileOptions): string {
  const {
    schema,
    from,
    exported = "schema",
    name = "MachineHandlers",
    library = "@asyncmachine/asyncmachine",
  } = options;
  checkIdentifier("--name", name);
  const isModule = !/\.json$/i.test(from);
  const local = isIdentifier(exported) && !TAKEN.includes(exported) ? exported : "schema";
  if (TAKEN.includes(name) || isModule && name === local) {
    throw new InputError(`Invalid --name "${name}": the file needs that name itself`);
  }
  if (library.trim() === "") throw new InputError("Invalid --library: it is empty");
  const { names, states } = compileSchema(schema);
  const own = names.filter((state) => state !== "Exception" || Object.hasOwn(schema, state));
  const methods = own.map((state) => method(state, relations(states[state])));
  const imported = exported === local
    ? local
    : `${
      isIdentifier(exported) || exported === "default" ? exported : quoted(exported)
    } as ${local}`;
  // JSON has no types: nothing but the names can be told from it.
  const [used, source] = isModule
    ? [
      "ArgsOf, HandlerEvent, StatesOf",
      `import type { ${imported} } from ${
        quoted(from)
      };\n\ntype States = StatesOf<typeof ${local}>;`,
    ]
    : [
      "ArgsOf, HandlerEvent",
      `\ninterface States {\n${own.map((state) => `  ${key(state)}: unknown;\n`).join("")}}`,
    ];
  return `/**
 * Handlers for the states of \`${
    inComment(from)
  }\`. Take out what you don't need; beside \`…Enter\` and
 * \`…State\` there are \`…Exit\` (may refuse that the state leaves) and \`…End\` (runs after it left).
 *
 * @module
 */
import type { ${used} } from ${quoted(libraryAddress(library))};
${source}
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
  const said = inComment(state);
  const event = `_event: Event<${quoted(state)}>`;
  return `  /** May refuse ${said} by returning false${inComment(about)}. */
  ${key(`${state}Enter`)}(${event}): boolean {
    return true;
  }

  /** Acts when ${said} is active; \`event.signal\` aborts when it no longer is. */
  ${key(`${state}State`)}(${event}): void {}
`;
}
