import { type Claims, median, quantile } from "../../claims.ts";
import { Child } from "./child.ts";
import { visit } from "./clients.ts";
import type { ProxyReport } from "./proxy_process.ts";
import { SmallServer } from "./server.ts";

/** Rules that let everything through: what is measured is the guard, not what it refuses. */
const OPEN = JSON.stringify({
  rules: [{ from: "any", action: "allow", flows: 10_000, perSecond: 1e9 }],
  header: { end: "\n" },
});

/** What a guard may cost: connections a second of the plain proxy ÷ ours. */
const GOAL = 1.15;

/** Short connections through both proxies in turn; then whether anything is left behind. */
export async function throughput(claims: Claims, rounds: number, each: number): Promise<void> {
  using server = new SmallServer(1000);
  const [plain, { port: plainPort }] = await Child.start<{ port: number }>(
    "proxy_process.ts",
    "plain",
    `${server.port}`,
  );
  await using _plain = plain;
  const [ours, { port }] = await Child.start<{ port: number }>(
    "proxy_process.ts",
    "firewall",
    `${server.port}`,
    OPEN,
  );
  await using _ours = ours;
  const run = (to: number) => visit(to, { clients: 16, until: { connections: each } });
  for (let i = 0; i < 3; i++) await run(plainPort), await run(port);
  const rates: [number, number][] = [];
  const cpu = [await plain.ask<ProxyReport>(), await ours.ask<ProxyReport>()];
  for (let i = 0; i < rounds; i++) {
    // Which one is first changes, so that what the machine does besides meets both.
    const first = i % 2 === 0 ? plainPort : port;
    const second = i % 2 === 0 ? port : plainPort;
    const [a, b] = [(await run(first)).rate, (await run(second)).rate];
    rates.push(i % 2 === 0 ? [a, b] : [b, a]);
  }
  const ratios = rates.map(([a, b]) => a / b);
  const ratio = median(ratios);
  const [before, after] = [cpu, [await plain.ask<ProxyReport>(), await ours.ask<ProxyReport>()]];
  const micros = after.map((report, i) => (report.cpu - before[i].cpu) * 1000 / (rounds * each));
  claims.checkSpeed(
    `plain proxy ÷ firewall, connections/s ≤ ${GOAL}`,
    ratio <= GOAL,
    `${ratio.toFixed(2)} (middle half ${quantile(ratios, 0.25).toFixed(2)}–${
      quantile(ratios, 0.75).toFixed(2)
    }; ${median(rates.map(([a]) => a)).toFixed(0)} and ${
      median(rates.map(([, b]) => b)).toFixed(0)
    } connections/s; computing ${micros.map((us) => us.toFixed(0)).join(" and ")} µs each)`,
  );
  const end = Date.now() + 20_000;
  let left = await ours.ask<ProxyReport>();
  while (left.flows + left.waiting + left.addresses > 0 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = await ours.ask<ProxyReport>();
  }
  claims.check(
    "no flow is left after the last connection",
    left.flows + left.waiting + left.addresses === 0,
    `${left.counts.accepted} connections, ${left.flows} flows, ${left.waiting} time limits, ${left.addresses} addresses left`,
  );
}
