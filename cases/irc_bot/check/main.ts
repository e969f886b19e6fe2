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
try {
  // Each has a server of its own, and mostly waits.
  await Promise.all([
    killed(claims),
    nickTaken(claims),
    lag(claims),
    flood(claims, short ? 30 : 200),
    many(claims, 50),
    reminders(claims, short ? 5 : 20, short ? 1 : 5),
  ]);
} catch (error) {
  console.error((error as Error).message);
  Deno.exit(1);
}
Deno.exit(claims.exitCode);
