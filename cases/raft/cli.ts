/** The program: nodes, and clients of them. */
import { Command, ValidationError } from "@cliffy/command";
import { parseWatchers, watch, WATCH_HELP, type Watchers } from "../watch.ts";
import { OutcomeUnknownError, RegisterClient, statuses } from "./client.ts";
import { InputError } from "./messages.ts";
import { Processes } from "./processes.ts";
import { startServer } from "./server.ts";

const MEMBERS = [1, 2, 3].map((at) => `127.0.0.1:${7100 + at}`).join();

interface Common {
  readonly members: string;
}

/** Runs a command line; the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await program().parse([...args]);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const expected = error instanceof ValidationError || error instanceof InputError;
    console.error(`raft: ${error.message.split("\n")[0]}`);
    return expected ? 2 : 1;
  }
}

function program() {
  return new Command().name("raft").description("A register that survives its computers.")
    .throwErrors()
    .command(
      "cluster",
      withMembers("Run all members as processes on this computer.")
        .option("--folder <path>", "Where they keep what they know.", { default: "raft-data" })
        .option("--watch <list>", `Show them: ${WATCH_HELP}; the port is that of member 1.`)
        .action(runCluster),
    )
    .command(
      "node",
      withMembers("Run one member.")
        .option("--id <number:integer>", "Which one, from 1 on.", { required: true })
        .option("--folder <path>", "Where it keeps what it knows.", { required: true })
        .option("--watch <list>", `Show it: ${WATCH_HELP}; the port is that of member 1.`)
        .action(runNode),
    )
    .command("put", withClient("Set a key.").arguments("<key:string> <value:string>").action(put))
    .command("get", withClient("Print a key's value.").arguments("<key:string>").action(get))
    .command("status", withMembers("Ask each member.").action(status));
}

function withMembers(description: string) {
  return new Command().description(description)
    .option("--members <list>", "host:port of member 1, 2 and so on, with commas between.", {
      default: Deno.env.get("RAFT_MEMBERS") ?? MEMBERS,
    });
}

function withClient(description: string) {
  return withMembers(description)
    .option("--timeout <ms:integer>", "How long to try.", { default: 5000 });
}

function membersOf({ members }: Common): string[] {
  const list = members.split(",");
  for (const member of list) {
    const { host, port } = URL.parse(`http://${member}`) ?? {};
    if (host !== member || !port) {
      throw new ValidationError(`"${member}" is no member: expected host:port`);
    }
  }
  if (new Set(list).size < list.length) throw new ValidationError("A member is named twice");
  return list;
}

/** What a member's machine is shown to. */
function watchersOf({ watch = "" }: { readonly watch?: string }, id: number): Watchers {
  try {
    const { prometheus, ...rest } = parseWatchers(watch);
    return prometheus === undefined ? rest : { ...rest, prometheus: prometheus + id - 1 };
  } catch (error) {
    throw error instanceof RangeError ? new ValidationError(error.message) : error;
  }
}

async function runNode(options: Common & { id: number; folder: string; watch?: string }) {
  const members = membersOf(options);
  const { id, folder } = options;
  const watchers = watchersOf(options, id);
  if (!members[id - 1]) throw new ValidationError(`--id ${id}: expected 1 to ${members.length}`);
  const server = startServer({ id, members, folder });
  await using _ = watch(server.node.machine, watchers);
  const failed = server.node.machine.whenErr().then(() => server.node.machine.err);
  const error = await Promise.race([failed, askedToEnd()]);
  await server.close();
  if (error) throw error;
}

/** Resolves when the process shall end. */
function askedToEnd(): Promise<void> {
  const signals = ["SIGINT", "SIGTERM"] as const;
  return new Promise((resolve) => {
    const end = () => {
      for (const signal of signals) Deno.removeSignalListener(signal, end);
      resolve();
    };
    for (const signal of signals) Deno.addSignalListener(signal, end);
  });
}

async function runCluster(options: Common & { folder: string; watch?: string }) {
  const members = membersOf(options);
  const { folder, watch } = options;
  watchersOf(options, 1);
  await using processes = new Processes({ members, folder, watch });
  processes.startAll();
  console.log(`${members.length} members: ${members.join(" ")}; ctrl+c ends them`);
  await askedToEnd();
}

async function put(options: Common & { timeout: number }, key: string, value: string) {
  const client = new RegisterClient({ members: membersOf(options) });
  await inTime(options, (signal) => client.put(key, value, { signal }));
}

async function get(options: Common & { timeout: number }, key: string) {
  const client = new RegisterClient({ members: membersOf(options) });
  const value = await inTime(options, (signal) => client.get(key, { signal }));
  if (value === null) throw new Error(`${key} is not set`);
  console.log(value);
}

/** Gives up after the time of `--timeout`. */
async function inTime<T>(
  { timeout }: { readonly timeout: number },
  fn: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await fn(AbortSignal.timeout(timeout));
  } catch (error) {
    const wait = error instanceof OutcomeUnknownError ? error.cause : error;
    if (!(wait instanceof DOMException)) throw error;
    const unknown = error instanceof OutcomeUnknownError ? `${error.message}: ` : "";
    throw new Error(`${unknown}no member answered in ${timeout} ms`, { cause: error });
  }
}

async function status(options: Common) {
  const members = membersOf(options);
  const found = await statuses(members);
  for (const [at, one] of found.entries()) {
    const name = `${at + 1} ${members[at]}`;
    if (one === null) console.log(`${name}: no answer`);
    else {
      const { states, term, commit, last, snapshot } = one;
      console.log(
        `${name}: ${states.join(" ")}, term ${term}, ` +
          `committed ${commit} of ${last}, snapshot ${snapshot}`,
      );
    }
  }
  if (found.every((one) => one === null)) throw new Error("No member answers");
}
