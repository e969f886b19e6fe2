/** What a host and its network say to each other. A frame is one encoded RPC. */

/** The network as a host sees it: one link a peer, however many connections there are below. */
export interface Links {
  /**
   * From now on tells `receiver` what happens, and first of all which links are open. Never calls it
   * from within a call of the host's.
   */
  listen(receiver: Receiver): void;
  /** Hands a frame to the link; `false` when it was not taken: there is none, or its queue is full. */
  send(peer: string, frame: Uint8Array): boolean;
  /** Ends the link to a peer; the host is not told. */
  close(peer: string): void;
  /** Ends all links and listens no more. */
  stop(): Promise<void>;
}

/** The host as its links see it. */
export interface Receiver {
  /** A peer can be sent to. */
  connected(peer: string): void;
  /** A link has ended, from whichever side. */
  disconnected(peer: string): void;
  /** A frame of a peer that was connected before. */
  incoming(peer: string, frame: Uint8Array): void;
  /** What a peer sent is no frame. */
  failed(peer: string, error: Error): void;
}
