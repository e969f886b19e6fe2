/**
 * What this project expects of `@cliffy/command`, by whatever stands for it: run by `deno.json` it is
 * the adapter in `links/`, by `deno.jsr.json` the package itself.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { Command, ValidationError } from "@cliffy/command";

/** What came of arguments: the options and arguments that the action got, or what was wrong. */
async function parsed(...given: string[]): Promise<unknown> {
  let seen: unknown = "nothing ran";
  const make = new Command()
    .arguments("<states:string>")
    .option("-n, --name <name:string>", "A text.")
    .option("-g, --groups <groups:string[]>", "A list.")
    .option("-m, --max <count:integer>", "A whole number.", { default: 7 })
    .option("-w, --weight <weight:number>", "A number.")
    .option("-f, --force", "A flag.")
    .option("-c, --check", "Another one.")
    // deno-lint-ignore no-explicit-any
    .action((options: any, ...args: any[]) => {
      const given = Object.entries(options).filter(([, value]) => value !== undefined);
      seen = [Object.fromEntries(given), args.filter((arg) => arg !== undefined)];
    });
  const need = new Command().option("-i, --ids <ids:string[]>", "Has to be given.", {
    required: true,
  }).action(() => {});
  const root = new Command().name("tool").version("1.2.3").description("A tool.").throwErrors();
  root.command("make", make as never);
  root.command("need", need as never);
  try {
    await root.parse(given);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    assertEquals(error.exitCode, 2);
    return error.message;
  }
  return seen;
}

const RIGHT: [string[], object, string[]][] = [
  [["A"], {}, ["A"]],
  [["A", "--name", "x"], { name: "x" }, ["A"]],
  [["A", "--name=x"], { name: "x" }, ["A"]],
  [["A", "--name=x=y"], { name: "x=y" }, ["A"]],
  [["A", "-n", "x"], { name: "x" }, ["A"]],
  [["A", "-n=x"], { name: "x" }, ["A"]],
  [["-n", "x", "A"], { name: "x" }, ["A"]],
  [["A", "-n", "-xy"], { name: "-xy" }, ["A"]],
  [["A", "-fc"], { force: true, check: true }, ["A"]],
  [["A", "-fn", "x"], { force: true, name: "x" }, ["A"]],
  [["A", "-g", "a,b"], { groups: ["a", "b"] }, ["A"]],
  [["A", "--groups="], {}, ["A"]],
  [["A", "--groups", ""], {}, ["A"]],
  [["A", "--max="], {}, ["A"]],
  [["A", "--name", ""], {}, ["A"]],
  [["A", "-m", "12"], { max: 12 }, ["A"]],
  [["A", "-m", "-3"], { max: -3 }, ["A"]],
  [["A", "-w", "1.5"], { weight: 1.5 }, ["A"]],
  [["A", "--", "B"], {}, ["A"]],
];

for (const [given, options, args] of RIGHT) {
  Deno.test(`a command reads ${given.join(" ")}`, async () => {
    assertEquals(await parsed("make", ...given), [{ max: 7, ...options }, args]);
  });
}

const WRONG: [string[], RegExp][] = [
  [["make"], /^Missing argument\(s\): states/],
  [["make", "--", "A"], /^Missing argument\(s\): states/],
  [["make", "A", "B"], /^Too many arguments: B/],
  [["make", "A", "--bogus"], /^Unknown option "--bogus"/],
  [["make", "A", "--bogus=1"], /^Unknown option "--bogus"/],
  [["make", "A", "-x"], /^Unknown option "-x"/],
  [["make", "A", "--name"], /^Missing value for option "--name"/],
  [["make", "A", "--name", "x", "--name", "y"], /^Option "--name" can only occur once/],
  [["make", "A", "-m", "1.5"], /^Option "--max" must be of type "integer", but got "1.5"/],
  [["make", "A", "-m", "x"], /^Option "--max" must be of type "integer", but got "x"/],
  [["make", "A", "-w", "x"], /^Option "--weight" must be of type "number", but got "x"/],
  [["need"], /^Missing required option "--ids"/],
  [["bogus"], /^Unknown command "bogus"/],
  [["--bogus"], /^Unknown option "--bogus"/],
];

for (const [given, message] of WRONG) {
  Deno.test(`a command refuses ${JSON.stringify(given)}`, async () => {
    assertMatch(String(await parsed(...given)), message);
  });
}
