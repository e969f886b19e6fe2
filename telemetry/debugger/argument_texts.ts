import type { ArgsMapper } from "../../mod.ts";
import { cutText, valueText } from "../value_text.ts";

/** Which arguments are shown: all, those of these names, or what a function makes of them. */
export type ShownArgs = true | readonly string[] | ArgsMapper;

type Args = Readonly<Record<string, unknown>>;

/** UTF-16 units of one argument. */
const TEXT = 10_000;
/** UTF-16 units of all arguments of one transition. */
const ALL = 50_000;
/** UTF-16 units of a value that is no string. */
const VALUE = 1000;
/** UTF-16 units of an argument's name. */
const NAME = 200;
/** Arguments of one transition. */
const COUNT = 100;

/**
 * The arguments of a transition as texts, each on its own: what cannot be read or is too long takes
 * nothing else with it. Never throws; the time it takes is bounded, but for the mapper's own.
 */
export function argumentTexts(args: Args, shown: ShownArgs): Readonly<Record<string, string>> {
  const texts: [string, string][] = [];
  let room = ALL;
  for (const [name, value] of entries(args, shown)) {
    if (texts.length === COUNT || room <= 0) {
      texts.push(["…", "and more"]);
      break;
    }
    const text = cutText(
      typeof value === "string" ? value : valueText(value, VALUE),
      Math.min(TEXT, room),
    );
    texts.push([cutText(name, NAME), text]);
    room -= text.length;
  }
  return Object.fromEntries(texts);
}

function entries(args: Args, shown: ShownArgs): readonly (readonly [string, unknown])[] {
  try {
    if (shown === true) return Object.keys(args).map((name) => [name, valueOf(args, name)]);
    if (typeof shown === "object") {
      return shown.filter((name) => Object.hasOwn(args, name))
        .map((name) => [name, valueOf(args, name)]);
    }
    return mapped(args, shown);
  } catch {
    return [["…", "[unreadable]"]];
  }
}

/** What a mapper makes of all arguments, or, when one of them makes it throw, of each. */
function mapped(args: Args, mapper: ArgsMapper): readonly (readonly [string, unknown])[] {
  try {
    return Object.entries(mapper(args)).map(([name, text]) => {
      // What `String` makes of an object tells nothing.
      const empty = typeof text === "string" && text.startsWith("[object ");
      return [name, empty && Object.hasOwn(args, name) ? valueOf(args, name) : text];
    });
  } catch (error) {
    const names = Object.keys(args);
    if (names.length <= 1) return names.map((name) => [name, unreadable(error)]);
    return names.flatMap((name) => mapped({ [name]: valueOf(args, name) }, mapper));
  }
}

function valueOf(args: Args, name: string): unknown {
  try {
    return args[name];
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): string {
  return `[unreadable: ${valueText(error, NAME)}]`;
}
