/** Small line charts as SVG: a grid of panels, in each the same lines over the same x. */

/** One line of a panel. */
export interface Line {
  readonly name: string;
  /** y for each x. */
  readonly values: readonly number[];
}

/** One panel. */
export interface Panel {
  readonly title: string;
  readonly xs: readonly number[];
  readonly lines: readonly Line[];
}

/** One row of panels, which share their scale. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const COLORS = ["#8b949e", "#1f6feb", "#d1242f", "#1a7f37"];
const WIDTH = 190;
const HEIGHT = 120;
const GAP = 36;
const LEFT = 56;
const TOP = 44;
const ROW = HEIGHT + 66;

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const text = (x: number, y: number, content: string, more = "") =>
  `<text x="${round(x)}" y="${round(y)}"${more}>${escape(content)}</text>`;

const round = (value: number) => Math.round(value * 10) / 10;

/** The next number of the form 1, 2 or 5 times a power of ten. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one >= value) ?? 10 * power;
}

const label = (value: number) =>
  value >= 10_000 ? `${value / 1000}k` : `${Number(value.toPrecision(3))}`;

function drawPanel({ title, xs, lines }: Panel, top: number, x0: number, y0: number): string {
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const x = (value: number) => x0 + (value - from) / (to - from || 1) * WIDTH;
  const y = (value: number) => y0 + HEIGHT - value / top * HEIGHT;
  const parts = [text(x0 + WIDTH / 2, y0 - 6, title, ' text-anchor="middle" class="title"')];
  for (const part of [0, 0.5, 1]) {
    const at = round(y(top * part));
    parts.push(`<path d="M${x0} ${at}h${WIDTH}" class="grid"/>`);
  }
  for (const value of xs) {
    parts.push(text(x(value), y0 + HEIGHT + 14, `${value}`, ' text-anchor="middle"'));
  }
  for (const [index, { name, values }] of lines.entries()) {
    const points = values.map((value, at) => `${round(x(xs[at]))},${round(y(value))}`);
    const color = COLORS[index % COLORS.length];
    parts.push(
      `<polyline points="${points.join(" ")}" stroke="${color}" class="line"><title>${
        escape(name)
      }</title></polyline>`,
    );
    for (const point of points) {
      const [cx, cy] = point.split(",");
      parts.push(`<circle cx="${cx}" cy="${cy}" r="2.5" fill="${color}"/>`);
    }
  }
  return parts.join("\n");
}

/** Draws rows of panels with a legend; `x` says what is along the bottom. */
export function drawChart(
  { title, x, rows }: { title: string; x: string; rows: readonly Row[] },
): string {
  const columns = Math.max(...rows.map(({ panels }) => panels.length));
  const width = LEFT + columns * (WIDTH + GAP);
  const height = TOP + rows.length * ROW;
  const names = rows[0].panels[0].lines.map(({ name }) => name);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${
      escape(title)
    }">`,
    "<style>text{font:11px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}",
    ".grid{stroke:#d0d7de;fill:none}.line{fill:none;stroke-width:1.5}</style>",
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(8, 18, title, ' class="title"'),
  ];
  for (const [index, name] of names.entries()) {
    const at = width - GAP - (names.length - index) * 80;
    parts.push(
      `<rect x="${at}" y="10" width="10" height="10" fill="${COLORS[index % COLORS.length]}"/>`,
      text(at + 14, 19, name),
    );
  }
  for (const [index, row] of rows.entries()) {
    const y0 = TOP + index * ROW + 30;
    const values = row.panels.flatMap(({ lines }) => lines.flatMap((line) => line.values));
    const top = niceCeiling(Math.max(...values));
    parts.push(text(8, y0 - 22, row.title, ' class="title"'));
    for (const part of [0, 0.5, 1]) {
      const at = y0 + HEIGHT - part * HEIGHT + 4;
      parts.push(text(LEFT - 6, at, label(top * part), ' text-anchor="end"'));
    }
    for (const [column, panel] of row.panels.entries()) {
      parts.push(drawPanel(panel, top, LEFT + column * (WIDTH + GAP), y0));
    }
  }
  parts.push(text(LEFT, height - 6, x), "</svg>");
  return parts.join("\n") + "\n";
}
