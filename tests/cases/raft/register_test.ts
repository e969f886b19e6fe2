import { assertEquals } from "@std/assert";
import { MAX_CONTENTS, MAX_SESSIONS, MAX_VALUE, Register } from "../../../cases/raft/register.ts";

Deno.test("the register writes each number of a session once, and in order", () => {
  const register = new Register();
  assertEquals(register.apply(1, { op: "open" }), { kind: "opened", session: 1 });
  const put = (seq: number, value: string) =>
    register.apply(2, { op: "put", session: 1, seq, key: "k", value }).kind;
  assertEquals([put(1, "a"), put(2, "b"), put(1, "a"), put(2, "a")], [
    "done",
    "done",
    "stale",
    "done",
  ]);
  assertEquals(register.apply(3, { op: "get", key: "k" }), { kind: "done", value: "b" });
  assertEquals(put(4, "d"), "gap");
  const copy = new Register();
  copy.load(register.save());
  assertEquals(copy.save(), register.save());
  for (let index = 10; index < 10 + MAX_SESSIONS; index++) register.apply(index, { op: "open" });
  assertEquals(put(3, "c"), "expired");
});

Deno.test("the register takes no more than it may hold", () => {
  const register = new Register();
  register.apply(1, { op: "open" });
  const value = "x".repeat(MAX_VALUE);
  const full = () => {
    for (let seq = 1; seq * MAX_VALUE <= 2 * MAX_CONTENTS; seq++) {
      const command = { op: "put", session: 1, seq, key: `${seq}`, value } as const;
      if (register.apply(2, command).kind === "full") return seq;
    }
  };
  assertEquals(full(), MAX_CONTENTS / MAX_VALUE);
});
