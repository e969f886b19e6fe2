/** Wrong Rafts: each makes one mistake, which the checks have to notice. */
import type { Disk } from "../disk.ts";
import type { Entry, Log } from "../log.ts";
import type { NodeOptions, RaftNode } from "../node.ts";
import { type Command, Register } from "../register.ts";
import { RULES, type Rules, storedBy } from "../rules.ts";
import type { Proposal } from "../states.ts";

/** One mistake. */
export interface Mutant {
  /** What is wrong. */
  readonly mistake: string;
  /** The node's parts with the mistake in them. */
  readonly options?: (options: NodeOptions) => NodeOptions;
  /** How commands are proposed. */
  readonly propose?: (node: RaftNode, proposal: Proposal) => void;
}

const withRules = (rules: Partial<Rules>) => (options: NodeOptions): NodeOptions => ({
  ...options,
  rules: { ...RULES, ...rules },
});

/** What a disk does differently. */
const withDisk = (change: (disk: Disk) => Partial<Disk>) => (options: NodeOptions): NodeOptions => {
  const { disk } = options;
  const kept: Disk = {
    load: () => disk.load(),
    saveBallot: (ballot) => disk.saveBallot(ballot),
    append: (after, entries) => disk.append(after, entries),
    saveSnapshot: (snapshot, base, entries) => disk.saveSnapshot(snapshot, base, entries),
  };
  return { ...options, disk: { ...kept, ...change(disk) } };
};

/** Answers puts before anybody else has them. */
function hasty(node: RaftNode, { command, answer }: Proposal): void {
  if (command.op !== "put" || node.machine.not("Leader")) {
    node.propose([{ command, answer }]);
    return;
  }
  answer({ kind: "done", value: null });
  node.propose([{ command, answer: () => {} }]);
}

/** Writes each put, also one that it has written: as if each were of a session of its own. */
class Forgetful extends Register {
  override apply(index: number, command: Command) {
    if (command.op !== "put") return super.apply(index, command);
    super.apply(-index, { op: "open" });
    return super.apply(index, { ...command, session: -index, seq: 1 });
  }
}

/** Its snapshots have no numbers of writes. */
class Sessionless extends Register {
  override save(): string {
    const { values, sessions } = JSON.parse(super.save());
    return JSON.stringify({
      values,
      sessions: (sessions as number[][]).map(([session]) => [session, 0]),
    });
  }
}

/** By name. */
export const MUTANTS = {
  "vote-not-kept": {
    mistake: "the vote is not kept over a crash",
    options: withDisk((disk) => ({
      saveBallot: ({ term }) => disk.saveBallot({ term, vote: null }),
    })),
  },
  "term-not-kept": {
    mistake: "neither is the term",
    options: withDisk(() => ({ saveBallot: () => {} })),
  },
  "log-not-kept": {
    mistake: "entries are stored once the next ones come",
    options: withDisk((disk) => {
      let late: readonly [number, readonly Entry[]] | null = null;
      return {
        append: (after, entries) => {
          if (late) disk.append(...late);
          late = [after, entries];
        },
        saveSnapshot: (snapshot, base, entries) => {
          disk.saveSnapshot(snapshot, base, entries);
          late = null;
        },
      };
    }),
  },
  "any-candidate": {
    mistake: "votes for a candidate whose log lacks entries",
    options: withRules({ upToDate: () => true }),
  },
  "minority-commit": {
    mistake: "commits what the leader and one less than needed have",
    options: withRules({
      committed(stored, log, term) {
        const index = storedBy(stored, Math.floor(stored.length / 2));
        return log.termAt(index) === term ? index : 0;
      },
    }),
  },
  "old-term-commit": {
    mistake: "commits an entry of an earlier term because a majority has it",
    options: withRules({
      committed: (stored: readonly number[], _log: Log) =>
        storedBy(stored, Math.floor(stored.length / 2) + 1),
    }),
  },
  "early-answer": {
    mistake: "acknowledges a write before it is committed",
    propose: hasty,
  },
  "late-vote": {
    mistake: "counts a vote for an earlier candidacy: Leader is added past the event",
    options: withRules({ electedBy: (_, machine) => machine }),
  },
  "repeated-write": {
    mistake: "writes again what a client has sent again",
    options: (options) => ({ ...options, application: new Forgetful() }),
  },
  "forgotten-sessions": {
    mistake: "a snapshot does not say what each session wrote last",
    options: (options) => ({ ...options, application: new Sessionless() }),
  },
} as const satisfies Record<string, Mutant>;

/** The name of a mutant. */
export type MutantName = keyof typeof MUTANTS;
