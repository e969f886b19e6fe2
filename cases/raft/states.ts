/** The two machines: a node, and what a leader knows of another node. */
import { args, defineSchema, exclusive } from "../../mod.ts";
import type { Answer, Command } from "./register.ts";

/** What a client is told: the register's answer, or why there is none. */
export type Outcome =
  | Answer
  /** This node does not lead; the one that does, if it is known. Nothing has happened. */
  | { readonly kind: "redirect"; readonly leader: number | null }
  /** The leadership ended: it may or may not happen. */
  | { readonly kind: "unknown" };

/** A command, and who waits for its outcome. */
export interface Proposal {
  readonly command: Command;
  readonly answer: (outcome: Outcome) => void;
}

/** A node. */
export const nodeSchema = defineSchema({
  ...exclusive({
    /** Called again by each sign of a leader, which ends the election timer of the call before. */
    Follower: { multi: "latest" },
    /** Each call is a candidacy of its own: votes for an earlier one have an expired context. */
    Candidate: { multi: "latest" },
    /** Its context is the leadership: peers, and with them replication, end with it. */
    Leader: {},
  }),
  /** An entry of the leader's own term is committed: it knows all that was committed before. */
  Serving: { require: ["Leader"] },
  /** Called as soon as a majority has answered since the last call; without it, the leader gives up. */
  Backed: { multi: "latest", require: ["Leader"] },
  /** Clients' commands; only a leader takes them. */
  Proposed: {
    event: true,
    require: ["Leader"],
    args: args.required<{ proposals: readonly Proposal[] }>(),
  },
  /** A node whose disk fails has no role any more, so it says nothing. */
  Exception: { multi: true, remove: ["Follower", "Candidate", "Leader"] },
});

/** How long, in milliseconds. */
export interface Timing {
  /** The shortest time without a leader until an election; the longest is twice as long. */
  readonly election: number;
  /** How long a peer rests until it is asked again. */
  readonly heartbeat: number;
  /** After how long an answer counts as lost. */
  readonly call: number;
}

/** For computers near each other that may be busy: an answer that comes later than that is lost. */
export const TIMING: Timing = { election: 500, heartbeat: 100, call: 400 };

/** What a leader knows of another node. */
export const peerSchema = defineSchema({
  ...exclusive({
    /** An answer is awaited; when none comes, it is asked again, and the late one has expired. */
    Asking: { multi: "latest", timeouts: { Asking: TIMING.call } },
    /** It has everything; it is asked again lest it miss its leader. */
    Resting: { timeouts: { Asking: TIMING.heartbeat } },
  }),
  ...exclusive({
    /** Where its log parts from the leader's is not known. */
    Probing: {},
    /** It is, and entries follow it. */
    Streaming: {},
    /** It lacks entries that the leader has no more. */
    Installing: {},
  }),
});
