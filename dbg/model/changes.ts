import { read, seek } from "./chunk.ts";
import type { ClientData } from "./client_data.ts";

/**
 * The last kept row before another one that changed a state's tick; -1 if there is none. By the numbers
 * of the transitions, in whatever order they came.
 */
export function lastChange(client: ClientData, state: number, before: number): number {
  const bit = 1 << (state & 31);
  if (client.ordered) {
    for (const [chunk, start] of client.chunksBack(before)) {
      for (let i = start; i >= 0; i--) {
        if ((chunk.touched[i] & bit) === 0) continue;
        seek(chunk, i);
        if (changes(state)) return chunk.first + i;
      }
    }
    return -1;
  }
  const least = before < client.end ? client.id(before) : Infinity;
  let found = -1;
  let foundId = 0;
  for (const [chunk, start] of client.chunks(client.first)) {
    for (let i = start; i < chunk.size; i++) {
      const id = chunk.id[i];
      if (id >= least || id <= foundId || (chunk.touched[i] & bit) === 0) continue;
      seek(chunk, i);
      if (changes(state)) [found, foundId] = [chunk.first + i, id];
    }
  }
  return found;
}

/** Whether the row that is read next changes a state's tick. */
function changes(state: number): boolean {
  for (let n = read(); n > 0; n--) read();
  for (let n = read(); n > 0; n--) {
    const one = read();
    read();
    if (one === state) return true;
  }
  return false;
}
