/** `deno task fuzz [SECONDS] [--seed N] [--count N] [--case JSON]`: machines against the model. */
import { parseArgs } from "node:util";
import { compare } from "./comparison.ts";
import { fuzz } from "./fuzz.ts";
import type { Program } from "./model.ts";

const USAGE = "fuzz [SECONDS] [--seed N] [--count N] [--case JSON]";

function refuse(message: string): never {
  console.error(`fuzz: ${message}; usage: ${USAGE}`);
  Deno.exit(2);
}

function whole(text: string | undefined, what: string, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,15}$/.test(text)) refuse(`${what} must be a whole number from 0 up, not "${text}"`);
  return Number(text);
}

function parse() {
  try {
    return parseArgs({
      args: Deno.args,
      allowPositionals: true,
      options: {
        seed: { type: "string" },
        count: { type: "string" },
        case: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    refuse((error as Error).message.split("\n")[0]);
  }
}

function show(program: Program, difference: ReturnType<typeof compare>): void {
  console.log(JSON.stringify(program));
  console.log(JSON.stringify(difference, null, 2));
}

const { values, positionals } = parse();
if (values.help) {
  console.log(USAGE);
  Deno.exit(0);
}
if (positionals.length > 1) refuse(`"${positionals[1]}" is one argument too many`);
if (values.case !== undefined) {
  let program: Program;
  try {
    program = JSON.parse(values.case);
  } catch {
    refuse("--case must be JSON, as an earlier run printed it");
  }
  const difference = compare(program);
  if (difference !== null) show(program, difference);
  console.log(difference === null ? "no difference" : "it differs");
  Deno.exit(difference === null ? 0 : 1);
}

const seed = whole(values.seed, "--seed", Date.now() % 1e9);
const count = whole(values.count, "--count", Infinity);
const seconds = whole(positionals[0], "SECONDS", count === Infinity ? 30 : Infinity);
const end = performance.now() + seconds * 1000;
console.log(`seed ${seed}`);
const { cases, found } = await fuzz(seed, (n) => n >= count || performance.now() >= end);
console.log(`${cases} cases`);
if (found !== null) {
  show(found.program, found.difference);
  console.log(`it differs; again by: deno task fuzz --case '${JSON.stringify(found.program)}'`);
  Deno.exit(1);
}
