import type { AttributeValue } from "@opentelemetry/api";
import type { Mutation } from "../../machine/mod.ts";
import { cutText, valueText } from "../value_text.ts";

/** Which arguments are shown. */
export type ArgsOption =
  | boolean
  | readonly string[]
  | ((mutation: Mutation) => Record<string, unknown>);

/** How many arguments of one mutation are shown. */
const MOST = 50;

/**
 * Makes attributes of a mutation's arguments: each on its own, so that one that cannot be shown hides
 * no other.
 */
export function argsShower(
  option: ArgsOption,
  limit: number,
): ((mutation: Mutation) => [string, AttributeValue][]) | null {
  if (option === false) return null;
  const shown = (args: object, names: readonly string[]) =>
    names.slice(0, MOST).flatMap((name): [string, AttributeValue][] => {
      const found = readProperty(args, name);
      if (found === undefined) return [];
      return [[`am.args.${cutText(name, 100)}`, attributeOf(found.value, limit)]];
    });
  if (option === true) return ({ args }) => shown(args, namesOf(args));
  if (typeof option !== "function") return ({ args }) => shown(args, option);
  return (mutation) => {
    const args = option(mutation);
    return shown(args, namesOf(args));
  };
}

/** Bytes given as arguments would have millions of names. */
function namesOf(args: object): string[] {
  if (ArrayBuffer.isView(args)) return [];
  try {
    return Object.keys(args);
  } catch {
    return [];
  }
}

function readProperty(args: object, name: string): { readonly value: unknown } | undefined {
  try {
    return Object.hasOwn(args, name)
      ? { value: (args as Record<string, unknown>)[name] }
      : undefined;
  } catch {
    return { value: "[unreadable]" };
  }
}

function attributeOf(value: unknown, limit: number): AttributeValue {
  if (typeof value === "boolean") return value;
  // Exporters make null of other numbers.
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return valueText(value, limit);
}
