/**
 * Prints the counts of a JUnit report as the plain line that closes `.ci/run`, and fails when a test
 * failed or none ran.
 *
 *     deno run -A tests/summary.ts REPORT
 */
const report = await Deno.readTextFile(Deno.args[0]);
const head = report.match(/<testsuites[^>]*>/)?.[0] ?? "";
const count = (name: string) => Number(head.match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);
const failed = count("failures") + count("errors");
const passed = count("tests") - failed;
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 || passed === 0 ? 1 : 0);
