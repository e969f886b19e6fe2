import { STEP_KINDS } from "../../telemetry/debugger/protocol.ts";
import { clock } from "./clock.ts";
import type { Row } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";
import type { Rows } from "./filtered.ts";
import type { Model } from "./model.ts";
import type { LogLine } from "./view_types.ts";

type Line = readonly [level: number, prefix: string, text: string];

/** UTF-16 units of a line that a screen gets; arguments may be long. */
const MOST = 1000;

/** A text that a screen can draw: what is cut is said. */
export function cut(text: string, most: number = MOST): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).toWellFormed()}… +${text.length - most}`;
}

/** The lines of one transition: made from its steps, so that every level is there afterwards. */
export function linesOf(client: ClientData, row: Row): Line[] {
  const { names } = client.hello;
  const name = (state: number) => names[state] ?? "Any";
  const called = row.called.map(name).join(", ");
  if (row.type === "jump") {
    return [[1, "[jump]", row.lost ? `${row.lost} transitions were dropped` : "time moved"]];
  }
  const kind = row.check ? `can:${row.type}` : row.auto ? `${row.type}:auto` : row.type;
  const args = Object.entries(row.args ?? {}).map(([key, value]) => `${key}=${value}`).join(" ");
  const lines: Line[] = [[2, `[${kind}]`, args === "" ? called : `${called} (${args})`]];
  const enters: string[] = [];
  const exits: string[] = [];
  for (const [number, state, by, handler] of row.steps) {
    const step = STEP_KINDS[number];
    if (step === "add") lines.push([3, "[implied]", name(state)]);
    if (step === "remove") lines.push([3, "[rel:remove]", `${name(state)} by ${name(by)}`]);
    if (step === "require") lines.push([3, "[reject]", `${name(state)}(-${name(by)})`]);
    if (step === "handler") lines.push([2, "[handler]", handler]);
    if (step === "enter" || step === "touch") enters.push(`+${name(state)}`);
    if (step === "exit") exits.push(`-${name(state)}`);
  }
  if (enters.length + exits.length > 0) {
    lines.push([1, row.auto ? "[state:auto]" : "[state]", [...enters, ...exits].join(" ")]);
  }
  if (!row.accepted) {
    lines.push([
      2,
      row.refusedBy === undefined ? "[cancel:reject]" : "[cancel]",
      row.refusedBy === undefined ? called : `(${called}) by ${row.refusedBy}`,
    ]);
  }
  return lines;
}

/** The visible lines of the log, around the cursor or where it was scrolled to. */
export function logLines(model: Model, client: ClientData, rows: Rows, height: number): LogLine[] {
  const { cursor, step, filters, scroll } = model;
  const shown = step > 0 ? cursor : cursor - 1;
  const linesAt = (position: number): LogLine[] => {
    const row = client.row(rows.at(position));
    const { id, time } = row;
    const base = {
      row: row.row,
      id,
      kind: "line" as const,
      current: row.row === shown,
      future: row.row > shown,
    };
    const own = linesOf(client, row).map(([level, prefix, text]) => ({
      ...base,
      time,
      clock: clock(time),
      level,
      prefix: cut(prefix),
      text: cut(text),
    }));
    const said = id === 0 ? [] : client.logs(id, id).map(([, time, level, line]) => {
      const end = line.indexOf("]") + 1;
      return {
        ...base,
        time,
        clock: clock(time),
        level,
        prefix: cut(line.slice(0, end)),
        text: cut(line.slice(end + 1)),
      };
    });
    const lines: LogLine[] = [...own, ...said].filter(({ level }) => level <= filters.level);
    const before = position > 0 ? client.time(rows.at(position - 1)) : 0;
    if (lines.length > 0 && Math.floor(before / 1000) !== Math.floor(time / 1000)) {
      const said = clock(time);
      const text = said.slice(0, 8);
      lines.unshift({ ...base, kind: "time", time, clock: said, level: 0, prefix: "", text });
    }
    return lines;
  };
  const middle = Math.min(rows.before(shown + 1), rows.total);
  const offset = scroll.log ?? 0;
  // Lines above (up to the current transition) and below; a bounded number of rows is looked at.
  const above: LogLine[] = [];
  const below: LogLine[] = [];
  const wantAbove = Math.max(height - offset, 0);
  for (let at = middle - 1, n = 0; at >= 0 && above.length < wantAbove && n < 1000; at--, n++) {
    above.unshift(...linesAt(at));
  }
  const wantBelow = Math.max(offset, 0) + height;
  for (let at = middle, n = 0; at < rows.total && below.length < wantBelow && n < 1000; at++, n++) {
    below.push(...linesAt(at));
  }
  // While it follows, the current transition stands in the lower third, future lines below it.
  const future = scroll.log === null ? Math.min(below.length, Math.floor(height / 3)) : offset;
  const all = [...above, ...below];
  const end = Math.max(Math.min(above.length + future, all.length), Math.min(height, all.length));
  return all.slice(Math.max(end - height, 0), end);
}
