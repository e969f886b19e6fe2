/**
 * What large schemas with many typed handlers add to `deno check`, as a part of what a machine with
 * two states takes: medians of several rounds in one run. Exit code 1 when a goal is missed.
 *
 *     deno task bench:types
 */
import { fileURLToPath } from "node:url";
const ROUNDS = 9;
const STATES = 500;
const HANDLERS = 200;
const GOAL = 0.6;

const mod = new URL("../mod.ts", import.meta.url).href;
const config = fileURLToPath(new URL("../deno.json", import.meta.url));

/** A program: a machine, its handlers and a call. That errors are found is for the tests of the types. */
function program(states: number, handler: (index: number, names: readonly string[]) => string) {
  const names = Array.from({ length: states }, (_, i) => `State${i}`);
  const schema = names.map((name, i) =>
    `  ${name}: { add: ["${names[(i + 1) % states]}"], remove: ["${
      names[(i + 7) % states]
    }"], args: args<{ id${i}: number }>() },`
  );
  const handlers = names.slice(0, HANDLERS).map((_, i) => `  ${handler(i, names)}`);
  return `import { args, Machine } from "${mod}";
const machine = new Machine({\n${schema.join("\n")}\n});
machine.bindHandlers({\n${handlers.join("\n")}\n});
machine.add("State1", { id1: 1 });
`;
}

const final = (i: number, names: readonly string[]) =>
  `${names[i]}State: (e) => e.args.id${i}?.toFixed(),`;
const pair = (i: number, names: readonly string[]) => {
  const to = (i + HANDLERS) % names.length;
  return `${names[i]}${names[to]}: (e) => e.args.id${to} !== 0,`;
};

const SMALL = "two states, one handler each";
const programs: Readonly<Record<string, string>> = {
  [SMALL]: program(2, final),
  [`${STATES} states, ${HANDLERS} handlers FooState`]: program(STATES, final),
  [`${STATES} states, ${HANDLERS} handlers FooBar`]: program(STATES, pair),
};

const folder = await Deno.makeTempDir();

async function check(name: string, round: number): Promise<number> {
  const file = `${folder}/program.ts`;
  // A new text each time: unchanged files are not checked again.
  const stamp = `export const round = "${name} ${round} ${Math.random()}";\n`;
  await Deno.writeTextFile(file, programs[name] + stamp);
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", config, file],
  }).output();
  const seconds = (performance.now() - start) / 1000;
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return seconds;
}

const median = (times: readonly number[]) =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];

// Round by round, so that what else the machine does falls on all programs alike; the first is not counted.
const times: Record<string, number[]> = {};
for (let round = 0; round <= ROUNDS; round++) {
  for (const name in programs) {
    const seconds = await check(name, round);
    if (round > 0) (times[name] ??= []).push(seconds);
  }
}
await Deno.remove(folder, { recursive: true });

const base = median(times[SMALL]);
console.log(`${SMALL}: ${base.toFixed(2)} s`);
for (const name in programs) {
  if (name === SMALL) continue;
  const ratio = median(times[name].map((seconds, round) => seconds / times[SMALL][round])) - 1;
  const missed = ratio > GOAL;
  if (missed) Deno.exitCode = 1;
  console.log(
    `${name}: ${median(times[name]).toFixed(2)} s, +${ratio.toFixed(2)} of the small one, ` +
      `goal ${GOAL}${missed ? ": missed" : ""}`,
  );
}
