/**
 * What the bot claims, against a real ngircd, which has to be installed. Exit code 1 if a claim does not
 * hold.
 *
 *     deno task case:bot [--short]
 */
import { Claims } from "../../claims.ts";
import { flood, killed, lag, many, nickTaken, reminders } from "./scenarios.ts";

const short = Deno.args.includes("--short");
const unknown = Deno.args.find((arg) => arg !== "--short");
if (unknown !== undefined) {
  console.error(`unknown argument ${unknown}, expected --short`);
  Deno.exit(2);
}
const claims = new Claims();
// Each has a server of its own, and mostly waits. One that fails must not leave the others' behind.
const outcomes = await Promise.allSettled([
  killed(claims),
  nickTaken(claims),
  lag(claims),
  flood(claims, short ? 30 : 200),
  many(claims, 50),
  reminders(claims, short ? 5 : 20, short ? 1 : 5),
]);
for (const outcome of outcomes) {
  if (outcome.status === "rejected") {
    claims.check("it runs to its end", false, outcome.reason.message);
  }
}
Deno.exit(claims.exitCode);
