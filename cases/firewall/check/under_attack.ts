import { type Claims, median, quantile } from "../../claims.ts";
import { Child } from "./child.ts";
import { type Experience, visit } from "./clients.ts";
import type { ProxyReport } from "./proxy_process.ts";
import { SmallServer } from "./server.ts";

/** What the attackers meet: few flows an address, short headers, bans that outlast the check. */
const RULES = JSON.stringify({
  rules: [{ from: "any", action: "allow", flows: 50, perSecond: 1000 }],
  halfOpen: 300,
  header: { end: "\n", ms: 4000 },
  ban: { strikes: 10, within: 5000, ms: 600_000 },
});

/** How much slower legitimate clients may be. */
const GOAL = 2;
/** How many connections an attacker opens a second. */
const PER_SECOND = "400";
/** Places of the server that is protected. */
const PLACES = 50;

const clients = (port: number, ms: number, patience = 10_000): Promise<Experience> =>
  visit(port, { clients: 8, until: { ms }, pause: 20, patience });

/**
 * Clients that behave, with and without an attack in turns, through the firewall; the same attack through
 * the plain proxy, to see that it is one.
 */
export async function underAttack(claims: Claims, rounds: number, ms: number): Promise<void> {
  for (const kind of ["flood", "slowloris"]) {
    using server = new SmallServer(PLACES);
    const [proxy, { port }] = await Child.start<{ port: number }>(
      "proxy_process.ts",
      "firewall",
      `${server.port}`,
      RULES,
    );
    await using _proxy = proxy;
    await clients(port, ms / 2); // warm
    const calm: Experience[] = [];
    const attacked: Experience[] = [];
    let opened = 0;
    for (let i = 0; i < rounds; i++) {
      calm.push(await clients(port, ms));
      const [attacker] = await Child.start("attacker.ts", kind, `${port}`, PER_SECOND);
      await using _attacker = attacker;
      attacked.push(await clients(port, ms));
      opened += (await attacker.ask<{ opened: number }>()).opened;
    }
    const p99 = (all: Experience[]) => median(all.map(({ times }) => quantile(times, 0.99)));
    const failed = (all: Experience[]) => all.reduce((sum, one) => sum + one.failed, 0);
    const { counts } = await proxy.ask<ProxyReport>();
    const ratio = p99(attacked) / p99(calm);
    claims.checkSpeed(
      `legitimate clients under ${kind}: p99 ≤ ${GOAL} ×, nobody fails`,
      ratio <= GOAL && failed(attacked) === 0,
      `${ratio.toFixed(2)} × (p99 ${p99(calm).toFixed(1)} → ${p99(attacked).toFixed(1)} ms, p50 ${
        median(calm.flatMap(({ times }) => times)).toFixed(1)
      } → ${median(attacked.flatMap(({ times }) => times)).toFixed(1)} ms, ${
        failed(attacked)
      } failed; ${opened} attacking connections, ${counts.refused} refused, ${counts.evicted} made room, ${counts.timedOut} too slow, ${counts.bans} bans)`,
    );
    await unguarded(claims, kind, ms);
  }
}

/** The control: without a firewall the attack must be felt, or the check above shows nothing. */
async function unguarded(claims: Claims, kind: string, ms: number): Promise<void> {
  using server = new SmallServer(PLACES);
  const [proxy, { port }] = await Child.start<{ port: number }>(
    "proxy_process.ts",
    "plain",
    `${server.port}`,
  );
  await using _proxy = proxy;
  const [attacker] = await Child.start("attacker.ts", kind, `${port}`, PER_SECOND);
  await using _attacker = attacker;
  while ((await attacker.ask<{ held: number }>()).held < 2 * PLACES) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { times, failed } = await clients(port, ms, 1000);
  claims.checkSpeed(
    `the same ${kind} without the firewall is felt: most clients get no answer within a second`,
    failed > times.length,
    `${failed} of ${failed + times.length} failed`,
  );
}
