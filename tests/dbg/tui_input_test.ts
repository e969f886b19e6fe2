import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Input, InputReader } from "../../dbg/tui/input.ts";

/** What a person does, and the bytes that a terminal sends for it. */
const INPUTS: readonly (readonly [bytes: string, input: Input | null])[] = [
  ["a", "a"],
  ["é", "é"],
  ["日", "日"],
  ["😀", "😀"],
  [" ", "space"],
  ["\t", "tab"],
  ["\r", "enter"],
  ["\x7f", "backspace"],
  ["\x03", "ctrl+c"],
  ["\x0c", "ctrl+l"],
  ["\x11", "ctrl+q"],
  ["\x1a", "ctrl+z"],
  ["\x1c", "ctrl+\\"],
  ["\x1b[A", "up"],
  ["\x1b[B", "down"],
  ["\x1bOC", "right"],
  ["\x1bOD", "left"],
  ["\x1b[H", "home"],
  ["\x1b[4~", "end"],
  ["\x1b[5~", "pageup"],
  ["\x1b[6~", "pagedown"],
  ["\x1b[Z", "shift+tab"],
  ["\x1b[1;3C", "alt+right"],
  ["\x1b[1;5A", "ctrl+up"],
  ["\x1b\x1b[D", "alt+left"],
  ["\x1bm", "alt+m"],
  ["\x1bU", "alt+U"],
  ["\x1b日", "alt+日"],
  ["\x1b[109;3u", "alt+m"],
  ["\x1b[27u", "esc"],
  ["\x1b[27;5;122~", "ctrl+z"],
  ["\x1b[<0;3;4M", { kind: "click", x: 2, y: 3 }],
  ["\x1b[<0;3;4m", null],
  ["\x1b[<64;100;200M", { kind: "up", x: 99, y: 199 }],
  ["\x1b[<65;90;5M", { kind: "down", x: 89, y: 4 }],
  ["\x1b[<69;90;5M", { kind: "down", x: 89, y: 4 }],
  ["\x1b[<2;1;1M", null],
  ["\x1b[M !!", { kind: "click", x: 0, y: 0 }],
  ["\x1b[200~q\x1b[Aé\n\x11\x1b[201~", { kind: "paste", text: "q\x1b[Aé\n\x11" }],
  ["\x1b[I", null],
  ["\x1b[?1;2c", null],
  ["\x1b]11;rgb:0000/0000/0000\x1b\\", null],
  ["\x1b]0;title\x07", null],
  ["\x1bP1$r0m\x1b\\", null],
  ["\x00", null],
];

const encoder = new TextEncoder();

/** What is read of pieces of bytes; a pause after those that `paused` says. */
function read(pieces: readonly Uint8Array[], paused: (i: number) => boolean = () => false) {
  const reader = new InputReader();
  const decoder = new TextDecoder();
  return pieces.flatMap((piece, i) => {
    const found = reader.read(decoder.decode(piece, { stream: true }));
    return paused(i) ? [...found, ...reader.pause()] : found;
  });
}

for (const [bytes, input] of INPUTS) {
  Deno.test(`InputReader reads ${JSON.stringify(bytes)} whole and cut at every byte`, () => {
    const all = encoder.encode(bytes);
    const wanted = input === null ? [] : [input];
    assertEquals(read([all]), wanted);
    assertEquals(read(Array.from(all, (_, i) => all.subarray(i, i + 1))), wanted);
    for (let cut = 1; cut < all.length; cut++) {
      const halves = [all.subarray(0, cut), all.subarray(cut)];
      assertEquals(read(halves), wanted, `cut at ${cut}`);
      // A pause right behind an Escape means the key; what follows is no text all the same.
      const late = read(halves, (i) => i === 0);
      const escapes = late.filter((one) => one === "esc").length;
      const typed = late.filter((one) => typeof one === "string" && one.length === 1);
      const begun = /^.[[O]./.test(bytes) && cut > 2 && !bytes.startsWith("\x1b\x1b");
      if (begun) assertEquals(late, wanted, `paused at ${cut}`);
      if (bytes.startsWith("\x1b[") || bytes.startsWith("\x1bO")) {
        assertEquals(typed, [], `paused at ${cut}`);
        assertEquals(
          escapes,
          cut === 1 || input === "esc" ? (input === "esc" && cut === 1 ? 2 : 1) : 0,
        );
      }
    }
  });
}

Deno.test("InputReader reads the same however much of it comes at once", () => {
  const some = fc.array(fc.constantFrom(...INPUTS), { maxLength: 8 });
  fc.assert(fc.property(some, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (all, sizes) => {
    const bytes = encoder.encode(all.map(([text]) => text).join(""));
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = sizes.next().value!;
      pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    const wanted = all.flatMap(([, input]) => input === null ? [] : [input]);
    assertEquals(read(pieces), wanted);
  }));
});

Deno.test("InputReader takes a lone Escape for the key after a pause only", () => {
  const reader = new InputReader();
  assertEquals([reader.read("\x1b"), reader.undecided, reader.pause()], [[], true, ["esc"]]);
  // Then typed letters are letters.
  assertEquals(reader.read("Online"), [..."Online"]);
  assertEquals([reader.read("\x1b\x1b"), reader.pause()], [[], ["esc", "esc"]]);
  assertEquals([reader.read("\x1b"), reader.pause(), reader.read("["), reader.pause()], [
    [],
    ["esc"],
    [],
    ["["],
  ]);
  assertEquals([reader.read("\x1b]"), reader.pause()], [[], ["alt+]"]]);
});

Deno.test("InputReader goes on after what no terminal should send", () => {
  for (const broken of ["\x1b[12", "\x1b[<65;", "\x1b[M ", "\x1b]11;", "\x1bO"]) {
    const reader = new InputReader();
    assertEquals([...reader.read(broken), ...reader.read("\x1b[Aq")], ["up", "q"], broken);
  }
  const reader = new InputReader();
  reader.read("\x1b]" + "x".repeat(50_000));
  assertEquals(reader.read("y\x07q"), ["q"]);
  const [paste] = reader.read(`\x1b[200~${"x".repeat(50_000)}\x1b[201~`);
  assertEquals(typeof paste === "object" && paste.kind === "paste" && paste.text.length, 10_000);
});
