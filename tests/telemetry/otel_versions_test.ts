import { assertEquals } from "@std/assert";

const address = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** Spans that arrive when the application and this library use these versions of the API. */
async function arrived(
  runtime: "Deno" | "Node",
  application: string,
  ours: string,
  options: string,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ imports: { "@opentelemetry/api": `npm:@opentelemetry/api@${ours}` } }),
  );
  await Deno.writeTextFile(
    `${folder}/main.ts`,
    `import { context, trace } from "npm:@opentelemetry/api@${application}";
     import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor }
       from "npm:@opentelemetry/sdk-trace-base@2.12.1";
     import { Machine } from ${address("mod.ts")};
     import { traceMachine } from ${address("telemetry/otel/mod.ts")};
     const exporter = new InMemorySpanExporter();
     const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
     trace.setGlobalTracerProvider(provider);
     const machine = new Machine({ Foo: {} }, { id: "x" });
     const tracer = trace.getTracer("own");
     const binding = traceMachine(machine, ${options});
     machine.add("Foo");
     binding.unbind();
     console.log(exporter.getFinishedSpans().map(({ name }) => name).join());`,
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
  const { stdout, stderr } = result;
  await Deno.remove(folder, { recursive: true });
  const warned = new TextDecoder().decode(stderr).includes("are not exported");
  return (warned ? "warning " : "") + new TextDecoder().decode(stdout).trim();
}

const ALL = "mach:x,states,transitions,[add] Foo,Foo";

for (const runtime of ["Deno", "Node"] as const) {
  for (const application of ["1.3.0", "1.9.1", "1.10.0"]) {
    for (const ours of ["1.3.0", "1.9.1", "1.10.0"]) {
      const what = `api ${ours} in an application with ${application}, in ${runtime}`;
      Deno.test(`traceMachine() with ${what}`, async () => {
        const names = await arrived(runtime, application, ours, "{ tracer, context }");
        assertEquals(names, ALL);
        const minor = (version: string) => Number(version.split(".")[1]);
        const seen = minor(ours) <= minor(application);
        const global = await arrived(runtime, application, ours, "{}");
        assertEquals(global, seen ? ALL : "warning ");
      });
    }
  }
}
