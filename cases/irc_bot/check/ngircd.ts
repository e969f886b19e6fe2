/** What a server may be told. */
export interface NgircdOptions {
  /** Silent clients are pinged after so many seconds, and dropped after as many more. @default {120} */
  readonly patience?: number;
}

/** Where the program may be. */
const PLACES = ["/usr/sbin/ngircd", "/usr/local/sbin/ngircd", "/usr/bin/ngircd"];

/** A real IRC server on loopback. */
export class Ngircd implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  readonly #folder: string;
  readonly #program: string;
  #process: Deno.ChildProcess | null = null;

  private constructor(program: string, folder: string, port: number) {
    this.#program = program;
    this.#folder = folder;
    this.port = port;
  }

  /**
   * Starts a server on a free port.
   *
   * @throws {Error} If ngircd is not installed.
   */
  static async start({ patience = 120 }: NgircdOptions = {}): Promise<Ngircd> {
    const program = PLACES.find((path) => exists(path));
    if (program === undefined) {
      throw new Error(`ngircd is in none of ${PLACES.join(", ")}: install it (Debian: ngircd)`);
    }
    const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = probe.addr;
    probe.close();
    const folder = await Deno.makeTempDir({ prefix: "ngircd" });
    await Deno.writeTextFile(
      `${folder}/ngircd.conf`,
      `[Global]
Name = irc.case.test
Info = a case
Listen = 127.0.0.1
Ports = ${port}
${Deno.uid() === 0 ? "ServerUID = irc\nServerGID = irc" : ""}
[Limits]
MaxConnectionsIP = 0
MaxJoins = 50
PingTimeout = ${patience}
PongTimeout = ${patience}
[Options]
Ident = no
PAM = no
DNS = no
`,
    );
    const server = new Ngircd(program, folder, port);
    await server.up();
    return server;
  }

  /** Starts it, again if it was killed. */
  async up(): Promise<void> {
    this.#process = new Deno.Command(this.#program, {
      args: ["-n", "-f", `${this.#folder}/ngircd.conf`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let i = 0;; i++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port: this.port })).close();
        return;
      } catch (error) {
        if (i === 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.status;
    this.#process = null;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
