/** One option shows a case's machines to the debugger, to Prometheus and to OpenTelemetry. */
import { trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Address } from "../../cases/firewall/addresses.ts";
import { Firewall } from "../../cases/firewall/firewall.ts";
import { Flow } from "../../cases/firewall/flow.ts";
import { parseRules } from "../../cases/firewall/rules.ts";
import { Bot } from "../../cases/irc_bot/bot.ts";
import { parseWatchers, watch } from "../../cases/watch.ts";
import { listClients, startServer, Store } from "../../dbg/main.ts";

async function until(condition: () => boolean, what: string) {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("parseWatchers reads who looks, and refuses the rest", () => {
  assertEquals(parseWatchers(""), {});
  assertEquals(parseWatchers("dbg,prometheus,otel"), {
    dbg: "127.0.0.1:6831",
    prometheus: 9464,
    otel: true,
  });
  assertEquals(parseWatchers("dbg=10.0.0.1:7000,prometheus=0"), {
    dbg: "10.0.0.1:7000",
    prometheus: 0,
  });
  for (const wrong of ["all", "otel=1", "prometheus=x", "Dbg"]) {
    assertThrows(() => parseWatchers(wrong), RangeError, `"${wrong}"`);
  }
});

Deno.test("a firewall and a bot are seen by all three", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  const store = new Store();
  const dbg = startServer(store, { port: 0 });
  const watchers = parseWatchers(`dbg=${dbg.address},prometheus=0,otel`);

  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const firewall = new Firewall({
    server: { hostname: "127.0.0.1", port: server.addr.port },
    rules: parseRules({ rules: [{ from: "any", action: "allow" }], header: { ms: 200 } }),
    watched: true,
  });
  const bot = new Bot({
    server: { hostname: "127.0.0.1", port: 1 },
    nick: "robo",
    channels: ["#lab"],
  });
  {
    await using watching = watch(
      firewall.machine,
      watchers,
      (one) => one instanceof Flow ? "flow" : one instanceof Address ? "address" : one.id,
    );
    await using _ = watch(bot.machine, { ...watchers, prometheus: undefined });
    const silent = await Deno.connect({ hostname: "127.0.0.1", port: firewall.port });
    const key = `127.0.0.1:${silent.localAddr.transport === "tcp" ? silent.localAddr.port : 0}`;
    bot.start();
    await until(() => firewall.counts.timedOut === 1, "the silent client is gone");
    await bot.machine.when("Reconnecting", { timeout: 30_000 });
    silent.close();
    const metrics = await (await fetch(watching.metrics!)).text();
    const flows = 'am_transitions_total{result="executed",auto="false",machine="flow"} 2';
    assert(metrics.includes(flows), metrics);
    assert(metrics.includes('am_state_active{state="Suspect",machine="address"} 1'), metrics);
    const ids = () => listClients(store).map(({ id }) => id);
    await until(
      () => ["firewall", key, "127.0.0.1", "robo", "#lab"].every((id) => ids().includes(id)),
      `the debugger sees all machines: ${ids()}`,
    );
    const names = exporter.getFinishedSpans().map(({ name }) => name);
    for (const name of [`mach:${key}`, "SynSent", "[add] Strike", "mach:robo", "Connecting"]) {
      assert(names.includes(name), `${name} is no span: ${names}`);
    }
  }
  await bot.quit();
  await firewall.stop();
  server.close();
  await dbg.close();
  await provider.shutdown();
  trace.disable();
});
