import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  formatLine,
  isChannel,
  isNick,
  LINE_BYTES,
  LineReader,
  parseLine,
  same,
} from "../../../cases/irc_bot/line.ts";

Deno.test("parseLine reads what servers say", () => {
  assertEquals(parseLine(":ann!a@host PRIVMSG #lab :hello  there :)"), {
    from: "ann",
    command: "PRIVMSG",
    params: ["#lab", "hello  there :)"],
  });
  assertEquals(parseLine("ping token"), { from: "", command: "PING", params: ["token"] });
  assertEquals(parseLine(":irc.test 433 * robo :in use")?.params, ["*", "robo", "in use"]);
  assertEquals(parseLine(":a JOIN :#lab")?.params, ["#lab"]);
  assertEquals(parseLine("AWAY :")?.params, [""]);
});

Deno.test("parseLine takes no nonsense, and no control characters", () => {
  for (const text of ["", " ", ":", ":only", ": PING", "12 x", "1234 x", "PI-NG", "\x01", "é"]) {
    assertEquals(parseLine(text), null, JSON.stringify(text));
  }
  assertEquals(parseLine("PRIVMSG #lab :a\x03b\x07\r\x00c\x9b")?.params[1], "abc");
  assertEquals(parseLine("A 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"), null);
});

const anything = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x1f\x7f-\x9f]/;

Deno.test("parseLine throws at nothing", () => {
  fc.assert(fc.property(anything, (text) => {
    const line = parseLine(text);
    if (line === null) return;
    assert(![line.from, line.command, ...line.params].some((part) => CONTROLS.test(part)));
    assert(line.params.length <= 15);
  }));
});

Deno.test("formatLine makes one short line of whatever the last parameter holds", () => {
  fc.assert(fc.property(anything, fc.nat(600), (text, times) => {
    const line = formatLine("NOTICE", "#lab", text.repeat(times));
    assert(!CONTROLS.test(line));
    assert(new TextEncoder().encode(line).length <= 400);
    const parsed = parseLine(line);
    assertEquals([parsed?.command, parsed?.params[0]], ["NOTICE", "#lab"]);
  }));
});

Deno.test("formatLine refuses words that would be something else", () => {
  for (const word of ["", "a b", ":a", "\r\n"]) {
    assertThrows(() => formatLine("PRIVMSG", word, "text"), RangeError, "expected a word");
  }
  assertEquals(formatLine("NOTICE", "ann", "a\r\nQUIT :gone"), "NOTICE ann :aQUIT :gone");
});

Deno.test("LineReader gives the same lines however the bytes are cut, and drops what is too long", () => {
  const line = fc.stringMatching(/^[ -~]{0,600}$/);
  fc.assert(fc.property(fc.array(line), fc.array(fc.nat(900)), fc.boolean(), (lines, cuts, cr) => {
    const bytes = new TextEncoder().encode(lines.map((one) => one + (cr ? "\r\n" : "\n")).join(""));
    const reader = new LineReader();
    const found: string[] = [];
    let at = 0;
    for (const cut of [...cuts, bytes.length]) {
      found.push(...reader.read(bytes.subarray(at, at + cut)));
      at = Math.min(bytes.length, at + cut);
    }
    const fits = (one: string) => one !== "" && one.length + (cr ? 1 : 0) <= LINE_BYTES;
    assertEquals(found, lines.filter(fits));
  }));
});

Deno.test("LineReader goes on after bytes that are no text, and a line that never ends", () => {
  const reader = new LineReader();
  assertEquals(reader.read(new Uint8Array(100_000).fill(65)), []);
  assertEquals(reader.read(new TextEncoder().encode("still\nPING x\n")), ["PING x"]);
  assertEquals(reader.read(new Uint8Array([0xff, 0xfe, 10])).length, 1);
});

Deno.test("nicks and channels are compared and checked as servers do", () => {
  assert(same("Robo[1]", "rOBO{1}"));
  assert(!same("robo", "robo_"));
  assertEquals(["robo", "[a]", "1a", "", "a b", "a\r", "é"].map(isNick), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  assertEquals(["#lab", "&x", "lab", "#", "#a b", "#a,b", "#a\r\nQUIT"].map(isChannel), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
