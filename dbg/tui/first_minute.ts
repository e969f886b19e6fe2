import type { View } from "../model/mod.ts";
import { cutEnd } from "./columns.ts";
import type { Grid, Style } from "./grid.ts";

/** Where `AM_DBG_ADDR=1` leads to. */
const DEFAULT = "127.0.0.1:6831";

/** Draws how to begin, while there is no machine. */
export function drawFirstMinute(grid: Grid, { address, refusals }: View, height: number): void {
  const lines: (readonly [text: string, style: Style])[] = [];
  const say = (text: string, style: Style = "normal") => void lines.push([text, style]);
  const here = address !== "";
  say("asyncmachine debugger", "title");
  if (here) {
    say(`Listening on ${address} · as a page: http://${address}/`);
    say("");
    say("Connect a program:", "title");
    say('  import { debugEnv } from "@asyncmachine/asyncmachine/telemetry";', "accent");
    say("  debugEnv(); // before its machines are made", "accent");
    say("");
    const at = address === DEFAULT ? "1" : address;
    say(`  AM_DBG_ADDR=${at} AM_DBG_ARGS=1 deno run -A your_program.ts`, "accent");
    say("");
    say("Or:", "title");
    say("  d  look at the demo (120 machines)");
  } else say("No machines", "dim");
  say("  o  open a file         ?  all keys and signs         q  quit");
  if (refusals.length > 0) {
    say("");
    say("Refused:", "error");
    for (const [reason, count] of refusals.toReversed().slice(0, 5)) {
      say(`  ${count > 1 ? `${count}× ` : ""}${reason}`, "warning");
    }
  }
  const top = Math.max(Math.floor((height - lines.length) / 3), 0);
  lines.slice(0, height).forEach(([text, style], i) => {
    grid.text(2, top + i, cutEnd(text, grid.width - 3), style);
  });
}
