import { assertEquals, assertThrows } from "@std/assert";
import { parseCommand, parseMessage, parseReply } from "../../../cases/raft/messages.ts";

Deno.test("messages, replies and commands are checked", () => {
  const vote = { kind: "vote" as const, term: 1, from: 2, end: { index: 0, term: 0 } };
  const append = { ...vote, kind: "append", after: vote.end, entries: [], commit: 0 };
  assertEquals(parseMessage({ ...vote, more: 1 }), vote);
  const wrong: readonly [() => unknown, string][] = [
    [() => parseMessage(null), "The message: expected an object"],
    [() => parseMessage([]), "The message: expected an object"],
    [() => parseMessage({ ...vote, kind: "x" }), `"vote", "append" or "install"`],
    [() => parseMessage({ ...vote, term: -1 }), "The term: expected a whole number"],
    [() => parseMessage({ ...vote, term: 1.5 }), "The term"],
    [() => parseMessage({ ...vote, term: 2 ** 60 }), "The term"],
    [() => parseMessage({ ...vote, from: "2" }), "The sender"],
    [() => parseMessage({ ...vote, end: 1 }), "The position: expected an object"],
    [() => parseMessage({ ...append, entries: {} }), "The entries: expected a list"],
    [() => parseMessage({ ...append, entries: Array(101).fill(0) }), "at most 100"],
    [() => parseMessage({ ...append, entries: [{ term: 1 }] }), "The command: expected an object"],
    [() => parseMessage({ ...vote, kind: "install", snapshot: {} }), "The index"],
    [() => parseReply({ term: 1, ok: true }), "The index"],
    [() => parseCommand({ op: "del" }), "The command's op"],
    [() => parseCommand({ op: "get" }), "The key: expected a text"],
    [() => parseCommand({ op: "get", key: "x".repeat(300) }), "at most 256"],
    [() => parseCommand({ op: "put", key: "x", value: "v", session: 1 }), "number of the write"],
  ];
  for (const [parse, message] of wrong) assertThrows(parse, Error, message);
});
