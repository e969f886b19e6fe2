/**
 * Prints what large schemas with 200 typed handlers add to `deno check`, in seconds: medians of
 * several runs against a file that only imports the library.
 *
 *     deno run -A bench/types.ts
 */
const RUNS = 5;
const mod = new URL("../mod.ts", import.meta.url).href;
const config = new URL("../deno.json", import.meta.url).pathname;

function source(states: number): string {
  const names = Array.from({ length: states }, (_, i) => `State${i}`);
  const schema = names.map((name, i) =>
    `  ${name}: { add: ["${names[(i + 1) % states]}"], remove: ["${
      names[(i + 7) % states]
    }"], args: args<{ id${i}: number }>() },`
  );
  const handlers = names.slice(0, 200).map((name, i) =>
    `  ${name}State: (e) => e.args.id${i}.toFixed(),`
  );
  return `import { args, Machine } from "${mod}";
const machine = new Machine({\n${schema.join("\n")}\n});
machine.bindHandlers({\n${handlers.join("\n")}\n});
machine.add("State1", { id1: 1 });
// @ts-expect-error: a misspelt state
machine.add("Stat1");
// @ts-expect-error: a misspelt argument
machine.add("State1", { id: 1 });
`;
}

const folder = await Deno.makeTempDir();

async function check(name: string, text: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    // A new text each time: unchanged files are not checked again.
    await Deno.writeTextFile(
      `${folder}/${name}.ts`,
      `${text}\nexport const run = ${run + Math.random()};\n`,
    );
    const start = performance.now();
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", config, `${folder}/${name}.ts`],
    }).output();
    times.push((performance.now() - start) / 1000);
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)];
}

const empty = await check("empty", `import { Machine } from "${mod}";\nnew Machine({ A: {} });`);
console.log(`an empty file: ${empty.toFixed(2)} s`);
for (const states of [200, 500]) {
  const added = await check(`states${states}`, source(states)) - empty;
  console.log(`${states} states, 200 handlers: +${added.toFixed(2)} s`);
}
await Deno.remove(folder, { recursive: true });
