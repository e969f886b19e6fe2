/**
 * What the firewall claims, measured. Exit code 1 if a claim does not hold.
 *
 *     deno task case:firewall [--short]
 */
import { Claims } from "../../claims.ts";
import { leak, memory } from "./memory.ts";
import { throughput } from "./throughput.ts";
import { underAttack } from "./under_attack.ts";

const short = Deno.args.includes("--short");
const unknown = Deno.args.find((arg) => arg !== "--short");
if (unknown !== undefined) {
  console.error(`unknown argument ${unknown}, expected --short`);
  Deno.exit(2);
}
const claims = new Claims();
memory(claims);
leak(claims, short ? 50_000 : 1_000_000);
await throughput(claims, short ? 40 : 100, short ? 50 : 120);
await underAttack(claims, short ? 3 : 8, short ? 600 : 2000);
Deno.exit(claims.exitCode);
