import { compileSchema, type Schema, type State } from "../relations/mod.ts";
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
const TAKEN = ["EventArgs", "Event", "HandlerEvent", "ReturnsOf", "States", "StatesOf"];

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
  const answers = isModule && own.some((state) => states[state].returns);
  const methods = own.map((state) => method(state, states[state], isModule));
  const imported = exported === local
    ? local
    : `${
      isIdentifier(exported) || exported === "default" ? exported : quoted(exported)
    } as ${local}`;
  // JSON has no types: nothing but the names can be told from it.
  const [used, source] = isModule
    ? [
      answers
        ? "EventArgs, HandlerEvent, ReturnsOf, StatesOf"
        : "EventArgs, HandlerEvent, StatesOf",
      `import type { ${imported} } from ${
        quoted(from)
      };\n\ntype States = StatesOf<typeof ${local}>;`,
    ]
    : [
      "EventArgs, HandlerEvent",
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
type Event<Name extends keyof States> = HandlerEvent<States, EventArgs<States, Name>>;

/** To be bound by \`machine.bindHandlers(new ${name}())\`. */
export class ${name} {
${methods.join("\n")}}
`;
}

function said(state: State): string {
  const lists = (["add", "remove", "require", "after"] as const)
    .filter((relation) => state[relation]?.length)
    .map((relation) => `${VERBS[relation]} ${state[relation]!.join(", ")}`);
  const times = Object.entries(state.timeouts ?? {}).map(([to, ms]) => `adds ${to} after ${ms} ms`);
  const all = [...lists, ...times];
  return all.length === 0 ? "" : `; the state ${all.join("; ")}`;
}

const VERBS = { add: "adds", remove: "removes", require: "requires", after: "comes after" };

function method(name: string, state: State, typed: boolean): string {
  const shown = inComment(name);
  const event = `_event: Event<${quoted(name)}>`;
  const acts = state.event
    ? `Acts when ${shown} is called; it leaves right after, so \`event.signal\` is the machine's.`
    : state.multi === "latest"
    ? `Acts when ${shown} is called; \`event.signal\` aborts with the next call, or when it leaves.`
    : `Acts when ${shown} is active; \`event.signal\` aborts when it no longer is.`;
  const answer = typed && state.returns
    ? `ReturnsOf<States, ${quoted(name)}> {
    throw new Error(${quoted(`${name}State is not written yet`)});
  }`
    : "void {}";
  return `  /** May refuse ${shown} by returning false${inComment(said(state))}. */
  ${key(`${name}Enter`)}(${event}): boolean {
    return true;
  }

  /** ${acts} */
  ${key(`${name}State`)}(${event}): ${answer}
`;
}
