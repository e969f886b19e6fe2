/**
 * Prints what must not grow, with the goals; exits with 1 if one is missed.
 *
 *     deno task growth [words of a row's name]
 */
import { ROWS } from "./growth_rows.ts";

const wanted = ROWS.filter(({ name }) => Deno.args.every((word) => name.includes(word)));
let missed = 0;
console.log("| what | measured | at most | |");
console.log("| --- | --: | --: | --- |");
for (const { name, ratio, goal } of wanted) {
  const measured = await ratio();
  const met = measured <= goal;
  if (!met) missed++;
  console.log(`| ${name} | ${measured.toFixed(2)} | ${goal} | ${met ? "met" : "MISSED"} |`);
}
Deno.exit(missed > 0 ? 1 : 0);
