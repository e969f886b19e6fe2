/** Changes of one flow that are stored together, and who waits for it. */
export class Pending {
  /** Handlers that are due then and have not settled. */
  handlers = 0;
  /** Whether a commit with them is under way. */
  taken = false;
  /** What happened, as JSON texts with commas between. */
  log = "";
  #over = false;
  #stored: PromiseWithResolvers<void> | null = null;
  #waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] | null =
    null;

  /** Resolves when they are stored, or will never be. */
  get stored(): Promise<void> {
    if (this.#over) return Promise.resolve();
    return (this.#stored ??= Promise.withResolvers()).promise;
  }

  /** A promise of the next attempt: rejects when it fails. */
  attempt(): Promise<void> {
    return new Promise((resolve, reject) => (this.#waiting ??= []).push({ resolve, reject }));
  }

  /** They are stored. */
  succeeded(): void {
    this.#end();
    this.#waiting?.forEach(({ resolve }) => resolve());
  }

  /** They are not: those who wait for the attempt are told, it is tried again. */
  failed(error: unknown): void {
    this.taken = false;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.forEach(({ reject }) => reject(error));
  }

  /** They never will be. */
  givenUp(error: unknown): void {
    this.failed(error);
    this.#end();
  }

  #end(): void {
    this.#over = true;
    this.#stored?.resolve();
  }
}
