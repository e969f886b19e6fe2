/** A cluster of processes on this computer: started, killed, frozen. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("main.ts", import.meta.url));

/** Addresses on which nobody listens now. */
export function freeAddresses(count: number): string[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ port: 0, hostname: LOCAL }));
  return listeners.map((listener) => {
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    return `${LOCAL}:${port}`;
  });
}

const LOCAL = "127.0.0.1";

/** Where the nodes are, and what they are told. */
export interface ProcessesOptions {
  readonly members: readonly string[];
  readonly folder: string;
  /** What is passed on to `--watch`. */
  readonly watch?: string | undefined;
}

/** The processes, by id from 1 on. */
export class Processes {
  readonly #options: ProcessesOptions;
  readonly #children: Map<number, Deno.ChildProcess> = new Map();

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  /** Starts all. */
  startAll(): void {
    for (const at of this.#options.members.keys()) this.start(at + 1);
  }

  /** Starts one, with what it has kept. */
  start(id: number): Deno.ChildProcess {
    const { members, folder, watch } = this.#options;
    const args = ["node", "--id", `${id}`, "--members", members.join(), "--folder"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", PROGRAM, ...args, join(folder, `${id}`)]
        .concat(watch ? ["--watch", watch] : []),
      stdin: "null",
    }).spawn();
    this.#children.set(id, child);
    return child;
  }

  /** Stops one from running on, as a slow or cut off computer does. */
  freeze(id: number): void {
    this.#children.get(id)?.kill("SIGSTOP");
  }

  /** Lets it run on. */
  thaw(id: number): void {
    this.#children.get(id)?.kill("SIGCONT");
  }

  /** `kill -9`. */
  async kill(id: number): Promise<void> {
    const child = this.#children.get(id);
    this.#children.delete(id);
    child?.kill("SIGKILL");
    await child?.status;
  }

  /** Kills all. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children.keys()].map((id) => this.kill(id)));
  }
}
