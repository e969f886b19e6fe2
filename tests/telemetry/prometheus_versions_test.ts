import { assertEquals } from "@std/assert";

const address = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/**
 * The series that an application sees in its registry, when it and this library use these versions
 * of prom-client; as text, and as JSON.
 */
async function seen(
  runtime: "Deno" | "Node",
  application: string,
  ours: string,
  options: string,
): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ imports: { "prom-client": `npm:prom-client@${ours}` } }),
  );
  await Deno.writeTextFile(
    `${folder}/main.ts`,
    `import client from "npm:prom-client@${application}";
     import { Machine } from ${address("mod.ts")};
     import { bindMachine, metricsHandler } from ${address("telemetry/prometheus/mod.ts")};
     const { register } = client;
     new client.Counter({ name: "own_total", help: "Of the application." }).inc();
     const machine = new Machine({ Foo: {} }, { id: "x" });
     const binding = bindMachine(machine, ${options});
     machine.add("Foo");
     const response = await metricsHandler(register)(new Request("http://x/metrics"));
     const text = await response.text();
     const json = await register.getMetricsAsJSON();
     console.log(JSON.stringify([
       response.headers.get("content-type").split(";")[0],
       text.includes("own_total 1"),
       text.includes('am_states_added_total{machine="x"} 1'),
       text.includes('am_transition_duration_seconds_count{machine="x"} 1'),
       json.some(({ name }) => name === "am_states_active"),
     ]));
     binding.unbind();
     console.log((await register.metrics()).includes("am_"));`,
  );
  const flags = ["--no-lock", "--config", `${folder}/deno.json`];
  const run = (program: string, args: string[]) => new Deno.Command(program, { args }).output();
  let result: Deno.CommandOutput;
  if (runtime === "Deno") {
    const args = ["run", "-A", "-q", "--no-check", ...flags, `${folder}/main.ts`];
    result = await run(Deno.execPath(), args);
  } else {
    const out = `${folder}/main.mjs`;
    const args = ["bundle", "-q", "--platform", "node", ...flags, "-o", out, `${folder}/main.ts`];
    const bundled = await run(Deno.execPath(), args);
    assertEquals(bundled.success, true, new TextDecoder().decode(bundled.stderr));
    result = await run("node", [out]);
  }
  await Deno.remove(folder, { recursive: true });
  const text = new TextDecoder().decode(result.stdout).trim();
  assertEquals(result.success, true, new TextDecoder().decode(result.stderr));
  return text.split("\n");
}

const ALL = ['["text/plain",true,true,true,true]', "false"];
const OWN = ['["text/plain",true,false,false,false]', "false"];

// The range that is claimed, from its lowest to the newest, and what is older as an application's own.
for (const runtime of ["Deno", "Node"] as const) {
  for (const ours of ["15.0.0", "15.1.3"]) {
    for (const application of ["14.2.0", "15.0.0", "15.1.3"]) {
      const what = `prom-client ${ours} in an application with ${application}, in ${runtime}`;
      Deno.test(`bindMachine() with ${what}`, async () => {
        assertEquals(await seen(runtime, application, ours, "{ registry: register }"), ALL);
        // Another copy has another default registry: an application with one says its own.
        const same = ours === application;
        assertEquals(await seen(runtime, application, ours, "{}"), same ? ALL : OWN);
      });
    }
  }
}
