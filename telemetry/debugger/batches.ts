import type { Frames } from "./frames.ts";
import type { Source } from "./source.ts";
import {
  batchText,
  fitting,
  jumpText,
  logText,
  timersText,
  transitionTexts,
  type Waiting,
} from "./wire_text.ts";

/**
 * Adds what one machine has to tell: these transitions and lines of its log, what was dropped,
 * ticks that moved otherwise, and the times that run. Whether there was anything.
 */
export function addBatches(
  source: Source,
  waiting: readonly Waiting[],
  logs: string[],
  now: number,
  frames: Frames,
): boolean {
  if (source.logsLost > 0 && source.logs.length === 0) {
    const line = `[dropped] ${source.logsLost} lines of the log`;
    logs.push(logText(source.current, now, 1, line));
    source.logsLost = 0;
  }
  const lost = source.dropped - source.told;
  const last = source.pending.length === 0 && source.leftOut === "";
  const timers = last ? timersText(source.machine) : source.timers;
  const changed = timers !== source.timers;
  if (waiting.length + logs.length + lost === 0 && source.moved === null && !changed) {
    return false;
  }
  const texts: string[] = [];
  /** By text: 1 if it is a transition, 0 if it is a jump. */
  const counts: number[] = [];
  for (const one of waiting) {
    const own = transitionTexts(one, source.ticks, lost);
    if (own.length > 1) counts.push(0);
    counts.push(1);
    texts.push(...own);
  }
  const { number: machine } = source;
  if (last && (source.moved !== null || waiting.length === 0 && lost > 0)) {
    // No transition comes after an import, or those that were dropped: the ticks are told all the
    // same.
    const at = source.moved ?? now;
    const gone = waiting.length === 0 ? lost : 0;
    const jump = jumpText(source.machine.time(), source.ticks, at, gone);
    if (jump !== null) {
      texts.push(jump);
      counts.push(0);
    }
  }
  source.told = source.dropped;
  source.moved = last || source.leftOut !== "" ? null : source.moved;
  source.timers = timers;
  let at = 0;
  let logged = 0;
  do {
    const head = { machine, dropped: source.dropped, sent: source.sent };
    const count = fitting(texts, at);
    const lines = count === 0 ? fitting(logs, logged) : 0;
    frames.add(
      batchText(
        head,
        texts.slice(at, at + count),
        logs.slice(logged, logged + lines),
        changed && at + logged === 0 ? timers : undefined,
      ),
    );
    for (let i = at; i < at + count; i++) source.sent += counts[i];
    at += count;
    logged += lines;
  } while (at < texts.length || logged < logs.length);
  return true;
}
