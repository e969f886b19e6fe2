/**
 * Numbers the cycles of a relation: states that reach each other have the same number, all others one
 * of their own. Tarjan's algorithm for strongly connected components, without recursion, so that long
 * chains don't overflow the stack.
 */
export function cycles(relation: readonly (readonly number[])[]): number[] {
  const size = relation.length;
  const cycle: number[] = new Array(size).fill(-1);
  const found: number[] = new Array(size).fill(-1);
  const low: number[] = new Array(size).fill(0);
  const next: number[] = new Array(size).fill(0);
  const open: number[] = [];
  let count = 0;
  for (let root = 0; root < size; root++) {
    if (found[root] !== -1) continue;
    const path = [root];
    while (path.length > 0) {
      const state = path[path.length - 1];
      if (next[state] === 0 && found[state] === -1) {
        found[state] = low[state] = count++;
        open.push(state);
      }
      const others = relation[state];
      if (next[state] < others.length) {
        const other = others[next[state]++];
        if (found[other] === -1) path.push(other);
        else if (cycle[other] === -1) low[state] = Math.min(low[state], found[other]);
        continue;
      }
      path.pop();
      if (path.length > 0) {
        const parent = path[path.length - 1];
        low[parent] = Math.min(low[parent], low[state]);
      }
      if (low[state] !== found[state]) continue;
      for (let member = -1; member !== state;) cycle[member = open.pop()!] = state;
    }
  }
  return cycle;
}
