/** A node as a process: its files, its address, and those of the others. */
import { HttpTransport } from "./http_transport.ts";
import { Journal } from "./journal.ts";
import { InputError, parseCommand, parseMessage } from "./messages.ts";
import { RaftNode } from "./node.ts";
import { Register } from "./register.ts";
import {
  checkOrigin,
  MAX_COMMAND,
  MAX_MESSAGE,
  readJson,
  refusal,
  RefusedRequest,
} from "./requests.ts";
import { type Outcome, type Proposal, TIMING } from "./states.ts";

/** Which node, and where. */
export interface ServerOptions {
  readonly id: number;
  /** `host:port` of node 1, 2 and so on. */
  readonly members: readonly string[];
  readonly folder: string;
}

/** What `/status` says. */
export interface Status {
  readonly id: number;
  readonly states: readonly string[];
  readonly term: number;
  readonly leader: number | null;
  readonly commit: number;
  readonly last: number;
  readonly snapshot: number;
}

/** A node that runs. */
export interface RaftServer {
  readonly node: RaftNode;
  /** Ends it, without a word to the others. */
  close(): Promise<void>;
}

/** Commands that may wait. */
const MAX_WAITING = 10_000;

/**
 * Starts a node.
 *
 * @throws {JournalError} If its folder cannot be used.
 */
export function startServer({ id, members, folder }: ServerOptions): RaftServer {
  const ended = new AbortController();
  const { hostname, port, host } = new URL(`http://${members[id - 1]}`);
  const disk = new Journal(folder, id);
  const node = new RaftNode({
    id,
    members: members.map((_, at) => at + 1),
    disk,
    application: new Register(),
    random: Math.random,
    transport: new HttpTransport({ members, timeout: TIMING.call, signal: ended.signal }),
  });
  const queue = new CommandQueue(node);

  const answer = async (request: Request): Promise<Response> => {
    checkOrigin(request, host);
    switch (new URL(request.url).pathname) {
      case "/raft": {
        const message = parseMessage(await readJson(request, MAX_MESSAGE));
        if (message.from === id || !members[message.from - 1]) {
          throw new InputError(`The sender: expected another member than ${message.from}`);
        }
        return Response.json(node.receive(message));
      }
      case "/command":
        return Response.json(
          await queue.add(parseCommand(await readJson(request, MAX_COMMAND))),
        );
      case "/status":
        return Response.json(statusOf(node));
    }
    throw new RefusedRequest(404, "Expected /command, /status or /raft");
  };
  const server = serve();
  node.start();

  function serve(): Deno.HttpServer {
    const address = { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) };
    try {
      return Deno.serve(
        { ...address, onListen: () => {} },
        (request) => answer(request).catch(refusal),
      );
    } catch (error) {
      node.stop();
      disk.close();
      throw new Error(`Cannot listen on ${host}`, { cause: error });
    }
  }

  return {
    node,
    async close() {
      ended.abort();
      node.stop();
      await server.shutdown();
      disk.close();
    },
  };
}

function statusOf({ id, machine, ballot, leader, commit, log, snapshot }: RaftNode): Status {
  return {
    id,
    states: machine.activeStates(),
    term: ballot.term,
    leader,
    commit,
    last: log.last,
    snapshot: snapshot?.index ?? 0,
  };
}

/** Commands that come while the disk is at work are written together. */
class CommandQueue {
  readonly #node: RaftNode;
  #queued: Proposal[] = [];
  #waiting = 0;

  constructor(node: RaftNode) {
    this.#node = node;
  }

  add(command: Proposal["command"]): Promise<Outcome> {
    if (this.#waiting >= MAX_WAITING) throw new RefusedRequest(503, "Too many commands wait");
    this.#waiting++;
    return new Promise((resolve) => {
      const answer = (outcome: Outcome) => {
        this.#waiting--;
        resolve(outcome);
      };
      this.#queued.push({ command, answer });
      if (this.#queued.length === 1) setTimeout(() => this.#propose(), 0);
    });
  }

  #propose(): void {
    const proposals = this.#queued;
    this.#queued = [];
    this.#node.propose(proposals);
  }
}
