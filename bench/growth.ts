/**
 * Prints what must not grow, with the goals; exits with 1 if one is missed.
 *
 *     deno task growth [words of a row's name]
 */
import { ROWS } from "./growth/mod.ts";

function stop(why: string): never {
  console.error(`growth: ${why}`);
  Deno.exit(2);
}

if (!("gc" in globalThis)) stop("run it with --v8-flags=--expose-gc, or as `deno task growth`");
const wanted = ROWS.filter(({ name }) => Deno.args.every((word) => name.includes(word)));
if (wanted.length === 0) stop(`no row's name has all of: ${Deno.args.join(" ")}`);

let missed = 0;
console.log("| what | measured | at most | |");
console.log("| --- | --: | --: | --- |");
for (const { name, goal, measure } of wanted) {
  const measured = await measure();
  const met = measured <= goal;
  if (!met) missed++;
  console.log(`| ${name} | ${measured.toFixed(2)} | ${goal} | ${met ? "met" : "MISSED"} |`);
}
Deno.exit(missed > 0 ? 1 : 0);
