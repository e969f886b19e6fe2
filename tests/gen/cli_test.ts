import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { gen, inFolder, ROOT } from "./run_gen.ts";

Deno.test("gen states-file keeps line ends, byte order mark and a missing last newline", async () => {
  await inFolder(async (top) => {
    const file = `${top}/c.ts`;
    await gen(["states-file", "Foo", "--out", file]);
    const plain = await Deno.readTextFile(file);
    for (const mark of ["", "\ufeff"]) {
      for (const end of ["\n", "\r\n"]) {
        for (const last of [true, false]) {
          const text = mark + (last ? plain : plain.trimEnd()).replaceAll("\n", end);
          await Deno.writeTextFile(file, text);
          const check = await gen(["states-file", "Foo", "--out", file, "--check"]);
          assertEquals([check.code, check.err], [0, ""]);
          assertEquals((await gen(["states-file", "Foo,Bar", "--out", file])).code, 0);
          const result = await Deno.readTextFile(file);
          assertStringIncludes(result, "BarHandlers");
          assertEquals(result.startsWith("\ufeff"), mark !== "");
          assertEquals(/[^\r]\n/.test(result), end === "\n");
          assertEquals(result.endsWith("\n"), last);
        }
      }
    }
    const json = `${top}/b.json`;
    await Deno.writeTextFile(json, '\ufeff{"Foo":{}}\r\n');
    for (const args of [["diagram"], ["check"], ["handlers"], ["import"]]) {
      const { code, err } = await gen([...args, json]);
      assertEquals([code, err], [0, ""], String(args));
    }
    const related = await gen(["states-file", "Foo", "--relations", json]);
    assertEquals([related.code, related.err], [0, ""]);
    const latin = Uint8Array.from([...new TextEncoder().encode(plain), 0x2f, 0x2f, 0xe4, 10]);
    await Deno.writeFile(file, latin);
    const refused = await gen(["states-file", "Foo,Bar", "--out", file]);
    assertEquals(refused.code, 2);
    assertMatch(refused.err, /not UTF-8/);
    assertEquals(await Deno.readFile(file), latin);
  });
});

Deno.test("gen states-file leaves what is outside of its region as it is formatted, and formats its own", async () => {
  await inFolder(async (top) => {
    const file = `${top}/a.ts`;
    await gen(["states-file", "Foo,Bar", "--out", file]);
    const table = "export const table = [\n  [1,  20],\n  [30, 4 ],\n];\n";
    const text =
      (await Deno.readTextFile(file)).replace("  Bar: {},", "  Bar: {}, // why\n  // TODO") + table;
    await Deno.writeTextFile(file, text);
    assertEquals((await gen(["states-file", "Foo,Bar", "--out", file, "--check"])).code, 0);
    await gen(["states-file", "Foo,Bar", "--out", file]);
    assertEquals(await Deno.readTextFile(file), text);
  });
});

Deno.test("every command of gen ends quietly when its reader has ended", async () => {
  const states = "tests/gen/schemas/debugger.ts";
  const big = Array.from({ length: 600 }, (_, i) => `State${i}X`).join();
  const commands = [
    [],
    ["--help"],
    ["--version"],
    ["states-file", "Foo,Bar"],
    ["states-file", big],
    ["handlers", states],
    ["diagram", states],
    ["diagram", states, "--format", "svg"],
    ["check", states],
    ["check", "tests/gen/schemas/faults.json", "--json"],
    ["import", "tests/gen/schemas/xstate.json"],
    ["grafana", "--ids", big],
    ["completions", "bash"],
    ["completions"],
    ["bogus"],
  ];
  for (const args of commands) {
    for (const early of [true, false]) {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "gen/main.ts", ...args],
        cwd: ROOT,
        stdout: "piped",
        stderr: "piped",
        env: { NO_COLOR: "1" },
      }).spawn();
      const reader = child.stdout.getReader();
      if (!early) await reader.read();
      await reader.cancel();
      const err = await new Response(child.stderr).text();
      await child.status;
      assertEquals(/Uncaught|BrokenPipe|EPIPE|at .*\.ts:/.test(err), false, `${args}: ${err}`);
    }
  }
});

Deno.test("gen names the option whose value cannot be a name, without colors", async () => {
  const wrong: [string[], string][] = [
    [["states-file", "Foo", "--name", "My Server"], "--name"],
    [["states-file", "Foo", "--name", "1st"], "--name"],
    [["states-file", "Foo", "--name", "class"], "--name"],
    [["states-file", "Foo", "--groups", "__proto__"], "--groups"],
    [["states-file", "Foo", "--inherit", "My Base"], "--inherit"],
    [["states-file", "Foo", "--library", " "], "--library"],
    [["import", "tests/gen/schemas/xstate.json", "--name", "a-b"], "--name"],
    [["handlers", "tests/gen/schemas/peer.ts", "--name", "My Class"], "--name"],
    [["handlers", "tests/gen/schemas/peer.ts", "--name", "Event"], "--name"],
    [["handlers", "tests/gen/schemas/peer.ts", "--library", " "], "--library"],
  ];
  for (const [args, option] of wrong) {
    const { code, out, err } = await gen(args, { env: {} });
    assertEquals([code, out], [2, ""], err);
    assertStringIncludes(err, option);
    assertEquals(/\p{Cc}/u.test(err.trim()) || err.trim().includes("\n"), false, err);
  }
  const grouped = await gen(["states-file", "Foo", "--groups", "My Group,größer,1"]);
  assertEquals([grouped.code, grouped.err], [0, ""]);
  assertStringIncludes(grouped.out, '"My Group": []');
});

Deno.test("gen prints no control or hidden character of a file", async () => {
  await inFolder(async (top) => {
    const evil = "A\x1b]0;title\x07\x9b2J\u202e\nfake";
    const json = `${top}/evil.json`;
    await Deno.writeTextFile(
      json,
      JSON.stringify({ [evil]: { require: ["B"] }, B: { remove: [evil] } }),
    );
    for (
      const args of [
        ["check", json],
        ["check", json, "--json"],
        ["handlers", json],
        ["import", json],
        ["diagram", json, "--state", evil + "x"],
        ["grafana", "--ids", evil],
        ["check", `${top}/${evil}`],
      ]
    ) {
      const { out, err } = await gen(args);
      assertEquals(
        /(?!\n)[\p{Cc}\p{Cf}]/u.test(out + err),
        false,
        JSON.stringify(out + err),
      );
    }
  });
});

Deno.test("gen replaces a file as a whole: links, modes and what it may not overwrite stay", async () => {
  await inFolder(async (top) => {
    const real = join(top, "real.ts"), link = join(top, "link.ts");
    await gen(["states-file", "Foo", "--out", real]);
    await Deno.chmod(real, 0o640);
    await Deno.symlink("real.ts", link);
    assertEquals((await gen(["states-file", "Foo,Bar", "--out", link])).code, 0);
    assert((await Deno.lstat(link)).isSymlink);
    assertStringIncludes(await Deno.readTextFile(real), "BarHandlers");
    assertEquals((await Deno.stat(real)).mode! & 0o777, 0o640);
    assertEquals((await gen(["diagram", real, "--out", link])).code, 2);
    assertEquals((await gen(["diagram", real, "--out", link, "--force"])).code, 0);
    assert((await Deno.readTextFile(real)).startsWith("flowchart"));
    await Deno.symlink("none.ts", join(top, "loose.ts"));
    assertEquals((await gen(["states-file", "Foo", "--out", join(top, "loose.ts")])).code, 2);
    assertEquals([...Deno.readDirSync(top)].map(({ name }) => name).sort(), [
      "link.ts",
      "loose.ts",
      "real.ts",
    ]);
  });
});

Deno.test("gen takes each option once, and shows help for completions of no shell", async () => {
  const twice = await gen(["states-file", "Foo", "--groups", "A", "--groups", "B"]);
  assertEquals([twice.code, twice.out], [2, ""]);
  assertStringIncludes(twice.err, 'Option "--groups" can only occur once');
  const help = await gen(["completions"]);
  assertEquals([help.code, help.err], [0, ""]);
  assertStringIncludes(help.out, "bash");
});
