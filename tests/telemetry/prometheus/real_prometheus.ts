/** A Prometheus of this machine, on a port and with a folder of its own. */
export class RealPrometheus implements AsyncDisposable {
  readonly url: string;
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(url: string, process: Deno.ChildProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts it, scraping a port of this machine twice a second. */
  static async start(target: number): Promise<RealPrometheus> {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(
      `${folder}/prometheus.yml`,
      `global: { scrape_interval: 500ms, scrape_timeout: 400ms }
scrape_configs:
  - { job_name: machines, static_configs: [{ targets: ["127.0.0.1:${target}"] }] }
`,
    );
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const address = `127.0.0.1:${listener.addr.port}`;
    listener.close();
    const process = command("prometheus", [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      "--log.level=error",
    ]).spawn();
    const prometheus = new RealPrometheus(`http://${address}`, process, folder);
    await until("Prometheus is ready", async () => {
      const response = await fetch(`${prometheus.url}/-/ready`).catch(() => null);
      await response?.body?.cancel();
      return response?.ok === true;
    });
    return prometheus;
  }

  /** The result of an instant query. */
  async query(query: string): Promise<{ metric: Record<string, string>; value: number }[]> {
    const response = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { status, data, error } = await response.json();
    if (status !== "success") throw new Error(`${query}: ${error}`);
    return data.result.map((one: { metric: Record<string, string>; value: [number, string] }) => ({
      metric: one.metric,
      value: Number(one.value[1]),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** A program of Debian's package, or an error that says what is missing. */
export function command(name: string, args: string[], stdin: "piped" | "null" = "null") {
  try {
    Deno.statSync(`/usr/bin/${name}`);
  } catch {
    throw new Error(`/usr/bin/${name} is missing: install Debian's package "prometheus"`);
  }
  return new Deno.Command(`/usr/bin/${name}`, {
    args,
    stdin,
    stdout: stdin === "piped" ? "piped" : "null",
    stderr: stdin === "piped" ? "piped" : "null",
  });
}

/** Waits until something holds, 20 seconds at most. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited in vain until ${what}`);
}
