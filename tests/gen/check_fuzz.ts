/**
 * `gen check` against the oracle, on random schemas: `deno task fuzz:check [COUNT [SEED]]`. A schema
 * that it fails for is printed, with the seed.
 */
import { checkSchema } from "../../gen/main.ts";
import { type Schema, SchemaError } from "../../mod.ts";
import { findingsOf } from "./check_oracle.ts";
import { randomOf, randomSchema } from "./random_schemas.ts";

/** What was found wrong for a schema; empty when nothing. */
export function compare(schema: Schema): { wrong: string[]; missing: string[]; kinds: string[] } {
  const report = checkSchema(schema);
  const said = report.findings.map(({ kind, states, message }) => {
    if (kind === "contradiction" || kind === "never-active") return `never-active ${states[0]}`;
    if (kind === "never-stays" || kind === "never-leaves") return `${kind} ${states[0]}`;
    if (kind !== "useless-relation") return `${kind} ${states.join(" ")}`;
    const [, verb] = message.split(" ");
    return `${kind} ${states.join(" ")} ${RELATION_OF[verb]}`;
  });
  const right = findingsOf(schema);
  const missing = right.filter((one) => !said.includes(one));
  const endless = right.some((one) => one.startsWith("endless"));
  return {
    wrong: said.filter((one) => !right.includes(one)),
    // Where a round without end is cut off is nobody's business: it says that there may be more.
    missing: endless
      ? missing.filter((one) => one.startsWith("endless")).concat(report.complete ? "doubts" : [])
      : report.complete
      ? missing
      : ["complete"],
    kinds: report.findings.map(({ kind }) => kind),
  };
}

const RELATION_OF: Readonly<Record<string, string>> = {
  adds: "add",
  removes: "remove",
  requires: "require",
  is: "after",
};

/** Compares on so many schemas; how often each kind of finding came. */
export function fuzz(count: number, seed: number): Record<string, number> {
  const random = randomOf(seed);
  const kinds: Record<string, number> = {};
  for (let done = 0; done < count;) {
    const schema = randomSchema(random);
    let result: ReturnType<typeof compare>;
    try {
      result = compare(schema);
    } catch (error) {
      // A schema that contradicts itself openly is refused: that is no finding.
      if (error instanceof SchemaError) continue;
      throw error;
    }
    const { wrong, missing } = result;
    if (wrong.length + missing.length > 0) {
      throw new Error(
        `gen check is wrong on ${JSON.stringify(schema)} (seed ${seed}, schema ${done}): ` +
          `it says ${JSON.stringify(wrong)}, and does not say ${JSON.stringify(missing)}`,
      );
    }
    for (const kind of result.kinds) kinds[kind] = (kinds[kind] ?? 0) + 1;
    done++;
  }
  return kinds;
}

if (import.meta.main) {
  const [count = 10_000, seed = Date.now() % 1_000_000] = Deno.args.map(Number);
  console.log(`seed ${seed}`);
  console.log(`no wrong finding and none missing in ${count} schemas`, fuzz(count, seed));
}
