/** How fast a server lets its clients talk. */
export interface Budget {
  /** Lines that may go at once after a pause. */
  readonly burst: number;
  /** Milliseconds for each line in the long run. */
  readonly every: number;
}

/** A message that waits. */
export interface Message {
  /** The channel or nick. */
  readonly to: string;
  /** The line that goes to the server. */
  readonly line: string;
  /** Is told whether the server has read it, when that is known. */
  readonly done?: ((read: boolean) => void) | undefined;
}

/** What is to be said, in order, within a budget. Who asks it for the next one says when now is. */
export class SendQueue {
  readonly #messages: Message[] = [];
  readonly #budget: Budget;
  readonly #limit: number;
  /** When the budget will be whole again. */
  #whole = 0;

  /** @param limit How many messages may wait. */
  constructor(budget: Budget, limit: number) {
    this.#budget = budget;
    this.#limit = limit;
  }

  /** How many messages wait. */
  get size(): number {
    return this.#messages.length;
  }

  /** The next message. */
  get head(): Message | undefined {
    return this.#messages[0];
  }

  /** Takes a message; `false` when there are too many. */
  push(message: Message): boolean {
    if (this.#messages.length >= this.#limit) return false;
    this.#messages.push(message);
    return true;
  }

  /** How long until a line may go, in milliseconds. */
  wait(now: number): number {
    const { burst, every } = this.#budget;
    return Math.max(0, Math.ceil(this.#whole - now - (burst - 1) * every));
  }

  /** A line goes, whatever it is. */
  spend(now: number): void {
    this.#whole = Math.max(this.#whole, now) + this.#budget.every;
  }

  /** Takes out the head. */
  shift(): Message | undefined {
    return this.#messages.shift();
  }
}
