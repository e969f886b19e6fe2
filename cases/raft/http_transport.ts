/** Calls other nodes over HTTP. A call that fails is one that is not answered. */
import { type Message, parseReply, type Reply, type Transport } from "./messages.ts";

/** Where nodes are, by id, and how long a call may take. */
export interface HttpTransportOptions {
  /** `host:port`, of node 1, 2 and so on. */
  readonly members: readonly string[];
  /** In milliseconds. */
  readonly timeout: number;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** The transport of a process. */
export class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
  }

  call(to: number, message: Message, answered: (reply: Reply) => void): void {
    this.#fetch(to, message).then(answered, () => {});
  }

  async #fetch(to: number, message: Message): Promise<Reply> {
    const { members, timeout, signal } = this.#options;
    const response = await fetch(`http://${members[to - 1]}/raft`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    if (response.ok) return parseReply(await response.json());
    await response.body?.cancel();
    throw new Error(`Node ${to} answered ${response.status}`);
  }
}
