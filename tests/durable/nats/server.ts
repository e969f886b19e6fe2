import { connect, type NatsConnection } from "@nats-io/transport-node";

/** A NATS server with JetStream, on loopback, on a port and in a folder of its own. */
export class NatsServer implements AsyncDisposable {
  #child: Deno.ChildProcess;
  readonly #dir: string;
  /** Where it listens. */
  readonly address: string;

  private constructor(child: Deno.ChildProcess, dir: string, address: string) {
    this.#child = child;
    this.#dir = dir;
    this.address = address;
  }

  /** Starts one; `nats-server` has to be installed. */
  static async start(): Promise<NatsServer> {
    const dir = await Deno.makeTempDir();
    const child = spawn([
      "-a",
      "127.0.0.1",
      "-p",
      "-1",
      "-js",
      "-sd",
      dir,
      "--ports_file_dir",
      dir,
    ]);
    const address = await addressIn(dir, child);
    return new NatsServer(child, dir, address);
  }

  /** Ends it as by `kill -9`, and starts it again on the same port and folder after a while. */
  async crash(pause: number): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await new Promise((resolve) => setTimeout(resolve, pause));
    const port = this.address.split(":")[1];
    this.#child = spawn(["-a", "127.0.0.1", "-p", port, "-js", "-sd", this.#dir]);
  }

  /** A connection to it. */
  connect(): Promise<NatsConnection> {
    return connect({ servers: this.address, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#dir, { recursive: true });
  }
}

function spawn(args: string[]): Deno.ChildProcess {
  try {
    return new Deno.Command("nats-server", { args, stdout: "null", stderr: "null" }).spawn();
  } catch (error) {
    throw new Error("These tests need nats-server, which is not installed", { cause: error });
  }
}

/** The server writes its port into a file. */
async function addressIn(dir: string, child: Deno.ChildProcess): Promise<string> {
  for (let tries = 0; tries < 400; tries++) {
    for await (const { name } of Deno.readDir(dir)) {
      if (!name.endsWith(".ports")) continue;
      const text = await Deno.readTextFile(`${dir}/${name}`);
      const url = text === "" ? undefined : JSON.parse(text).nats?.[0];
      if (url !== undefined) return new URL(url).host;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill("SIGKILL");
  throw new Error("nats-server did not say where it listens");
}
