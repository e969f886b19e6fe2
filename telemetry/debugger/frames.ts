import { LIMITS } from "./protocol.ts";

/** UTF-16 units at which a frame is sent, so that it never comes near the server's limit. */
const FULL = 1_000_000;

/** Packs messages into frames that no server refuses: neither too long nor with too many. */
export class Frames {
  readonly #send: (frame: string) => void;
  #messages: string[] = [];
  #size = 0;

  constructor(send: (frame: string) => void) {
    this.#send = send;
  }

  /** Adds a message, of at most {@linkcode LONGEST} units. */
  add(message: string): void {
    const full = this.#size + message.length > FULL || this.#messages.length >= LIMITS.messages;
    if (full) this.flush();
    this.#messages.push(message);
    this.#size += message.length + 1;
  }

  /** Sends what is there. */
  flush(): void {
    if (this.#messages.length === 0) return;
    const frame = `[${this.#messages.join(",")}]`;
    this.#messages = [];
    this.#size = 0;
    this.#send(frame);
  }
}

/** UTF-16 units of the longest message: a frame of its own. */
export const LONGEST = LIMITS.frame - 2;
