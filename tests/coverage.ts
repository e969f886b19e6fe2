/**
 * Checks the line coverage of the library that `deno test --coverage=coverage` has recorded.
 *
 *     deno task coverage
 */
const WANTED = 95;

/** The report; what a process that was killed has left half written counts for nothing. */
async function report(): Promise<string> {
  for (;;) {
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["coverage", "--lcov", "coverage"],
    }).output();
    if (success) return new TextDecoder().decode(stdout);
    const broken = new TextDecoder().decode(stderr).match(/Failed reading '(.+\.json)'/)?.[1];
    if (broken === undefined) {
      throw new Error("Cannot read the coverage: run the tests with --coverage=coverage");
    }
    await Deno.remove(broken);
  }
}

const lcov = await report();

const folders = new Map(
  ["relations", "clock", "machine"].map((name) => [name, { lines: 0, hit: 0 }]),
);
let folder: { lines: number; hit: number } | undefined;
for (const line of lcov.split("\n")) {
  const [key, value] = line.split(":");
  if (key === "SF") folder = folders.get(line.match(/\/(\w+)\/\w+\.ts$/)?.[1] ?? "");
  if (key === "LF" && folder) folder.lines += Number(value);
  if (key === "LH" && folder) folder.hit += Number(value);
}
let low = false;
for (const [name, { lines, hit }] of folders) {
  const percent = lines === 0 ? 0 : 100 * hit / lines;
  low ||= percent < WANTED;
  console.log(`${name}/ ${percent.toFixed(1)} % of ${lines} lines are covered`);
}
if (low) {
  console.error(`Every folder of the library needs ${WANTED} %`);
  Deno.exit(1);
}
