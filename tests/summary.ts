/**
 * Prints the counts of JUnit reports as the plain line that closes `.ci/run`, and fails when a test
 * failed or none ran.
 *
 *     deno run -A tests/summary.ts REPORT …
 */
let tests = 0;
let failed = 0;
for (const path of Deno.args) {
  const head = (await Deno.readTextFile(path)).match(/<testsuites[^>]*>/)?.[0] ?? "";
  const count = (name: string) => Number(head.match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);
  if (count("tests") === 0) throw new Error(`No test ran according to ${path}`);
  tests += count("tests");
  failed += count("failures") + count("errors");
}
console.log(`${tests - failed} passed, ${failed} failed`);
Deno.exit(failed > 0 || tests === 0 ? 1 : 0);
