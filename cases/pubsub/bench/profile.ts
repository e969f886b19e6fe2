/** Where the time of a V8 CPU profile goes, by parts of the program. */

/** Part → percent of the time. */
export type Shares = Readonly<Record<string, number>>;

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** What a function belongs to, by the address of its file; the first that fits. */
const PARTS: readonly [string, RegExp][] = [
  ["library", /\/(?:machine|relations|clock)\/[a-z_]+\.ts$/],
  ["host", /\/pubsub\/host\/(?:machine_host|plain_host)\.ts$/],
  ["tables and links", /\/pubsub\/(?:host|links)\//],
  ["codec", /node_modules|registry\.npmjs\.org/],
  ["benchmark", /\/pubsub\/bench\//],
];

/** The shares of the parts; idle time does not count. */
export function sharesOf(profile: Profile): Shares {
  const parts = new Map(profile.nodes.map(({ id, callFrame: { functionName, url } }) => {
    if (functionName === "(idle)" || functionName === "(program)") return [id, undefined];
    if (functionName === "(garbage collector)") return [id, "garbage collection"];
    return [id, PARTS.find(([, pattern]) => pattern.test(url))?.[0] ?? "runtime"];
  }));
  const sums = new Map<string, number>();
  let all = 0;
  for (const [index, id] of profile.samples.entries()) {
    const part = parts.get(id);
    if (part === undefined) continue;
    sums.set(part, (sums.get(part) ?? 0) + profile.timeDeltas[index]);
    all += profile.timeDeltas[index];
  }
  return Object.fromEntries(
    [...sums].sort(([, a], [, b]) => b - a).map(([part, time]) => [part, time / all * 100]),
  );
}
