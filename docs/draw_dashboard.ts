/**
 * Draws the dashboard's panels as docs/dashboard.svg, from what a real Prometheus has scraped of
 * deploy/example.ts within 20 seconds. Needs Debian's package prometheus.
 *
 *     deno run -A docs/draw_dashboard.ts
 */
import { fileURLToPath } from "node:url";
import { grafanaDashboard } from "../gen/grafana.ts";
import { RealPrometheus, until } from "../tests/telemetry/prometheus/real_prometheus.ts";

const PORT = 9465;
const [WIDTH, HEIGHT, COLUMNS] = [380, 200, 3];
const COLORS = ["#73bf69", "#5794f2", "#ff9830", "#f2495c", "#b877d9"];

interface Series {
  readonly metric: Record<string, string>;
  readonly values: [number, string][];
}

const example = new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "-A",
    fileURLToPath(new URL("../deploy/example.ts", import.meta.url)),
    String(PORT),
  ],
  stdout: "null",
}).spawn();
const drawn: string[] = [];
{
  await using prometheus = await RealPrometheus.start(PORT);
  await until(
    "the example is scraped",
    async () => (await prometheus.query("am_states")).length > 0,
  );
  const start = Date.now() / 1000;
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const { panels } = grafanaDashboard({ ids: ["example"], name: "Machines", source: "prometheus" });
  for (const { title, targets } of panels.filter(({ type }) => type !== "row")) {
    const lines: { name: string; values: number[] }[] = [];
    for (const { expr, legendFormat } of targets ?? []) {
      const query = expr.replaceAll("$__rate_interval", "4s");
      const range = { query, start: String(start + 4), end: String(start + 20), step: "0.5" };
      const response = await fetch(
        `${prometheus.url}/api/v1/query_range?${new URLSearchParams(range)}`,
      );
      for (const { metric, values } of (await response.json()).data.result as Series[]) {
        lines.push({
          name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? ""),
          values: values.map(([, value]) => Number(value)),
        });
      }
    }
    drawn.push(panel(title, lines.slice(0, COLORS.length * 3), drawn.length));
  }
}
example.kill();
await example.status;
const rows = Math.ceil(drawn.length / COLUMNS);
const size = `width="${WIDTH * COLUMNS}" height="${HEIGHT * rows}"`;
await Deno.writeTextFile(
  new URL("dashboard.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="10">
<rect ${size} fill="#111217"/>
${drawn.join("\n")}
</svg>
`,
);

function panel(title: string, lines: { name: string; values: number[] }[], index: number): string {
  const [x, y] = [(index % COLUMNS) * WIDTH, Math.floor(index / COLUMNS) * HEIGHT];
  const top = Math.max(...lines.flatMap(({ values }) => values), 1e-9);
  const [left, width, height] = [50, WIDTH - 70, HEIGHT - 90];
  const shapes = lines.map(({ values }, i) => {
    const points = values.map((value, at) => {
      const px = left + at / Math.max(values.length - 1, 1) * width;
      return `${px.toFixed(1)},${(30 + height - value / top * height).toFixed(1)}`;
    });
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${COLORS[i % 5]}"/>`;
  });
  const legend = lines.slice(0, 12).map(({ name }, i) => {
    const [lx, ly] = [left + (i % 3) * 105, HEIGHT - 42 + Math.floor(i / 3) * 11];
    return `<text x="${lx}" y="${ly}" fill="${COLORS[i % 5]}">${name}</text>`;
  });
  const label = top < 0.1 ? `${(top * 1e6).toPrecision(3)} µ` : top.toPrecision(3);
  return `<g transform="translate(${x} ${y})"><rect x="4" y="4" width="${WIDTH - 8}" height="${
    HEIGHT - 8
  }" fill="#181b1f" stroke="#2c3235"/><text x="14" y="20" fill="#ccccdc" font-size="12">${title}</text>
<text x="${left - 4}" y="36" fill="#8e8e8e" text-anchor="end">${label}</text><text x="${
    left - 4
  }" y="${30 + height}" fill="#8e8e8e" text-anchor="end">0</text>${shapes.join("")}${
    legend.join("")
  }</g>`;
}
