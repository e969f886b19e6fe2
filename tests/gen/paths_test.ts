import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { fileURLToPath } from "node:url";
import { InputError } from "../../gen/main.ts";
import { loadStates } from "../../gen/load.ts";
import {
  fileUrl,
  folderOf,
  importAddress,
  libraryAddress,
  schemasAddress,
} from "../../gen/paths.ts";

const HOME = "/home/me/project",
  WINDOWS = "C:\\Users\\me\\project",
  SHARE = "\\\\server\\share\\me";

Deno.test("fileUrl() makes URLs of the paths of each system", () => {
  const table: [string, string, string][] = [
    [HOME, "states.ts", "file:///home/me/project/states.ts"],
    [HOME, "../a b/#1%ä\\x.ts", "file:///home/me/a%20b/%231%25%C3%A4%5Cx.ts"],
    [HOME, "/abs/C:/x.ts", "file:///abs/C:/x.ts"],
    [WINDOWS, "states.ts", "file:///C:/Users/me/project/states.ts"],
    [WINDOWS, "..\\a b\\#1%ä.ts", "file:///C:/Users/me/a%20b/%231%25%C3%A4.ts"],
    [WINDOWS, "sub/x.ts", "file:///C:/Users/me/project/sub/x.ts"],
    [WINDOWS, "D:\\x.ts", "file:///D:/x.ts"],
    [WINDOWS, "D:/x.ts", "file:///D:/x.ts"],
    [WINDOWS, "\\x.ts", "file:///C:/x.ts"],
    [WINDOWS, "\\\\server\\share\\x y.ts", "file://server/share/x%20y.ts"],
    [SHARE, "x.ts", "file://server/share/me/x.ts"],
  ];
  for (const [cwd, path, url] of table) assertEquals(fileUrl(path, cwd), url);
});

Deno.test("folderOf() gives the folder that a file goes to", () => {
  const table: [string, string, string][] = [
    [HOME, "x.ts", HOME],
    [HOME, "a/x.ts", `${HOME}/a`],
    [HOME, "/x.ts", "/"],
    [WINDOWS, "x.ts", WINDOWS],
    [WINDOWS, "a\\x.ts", `${WINDOWS}\\a`],
    [WINDOWS, "D:\\x.ts", "D:\\"],
  ];
  for (const [cwd, path, folder] of table) assertEquals(folderOf(path, cwd), folder);
});

Deno.test("importAddress() leads from a folder to a file, on each system", () => {
  const table: [string, string, string, string][] = [
    [HOME, ".", "states.ts", "./states.ts"],
    [HOME, "src", "states.ts", "../states.ts"],
    [HOME, "src/a", "lib/states.ts", "../../lib/states.ts"],
    [HOME, "/tmp", "states.ts", "../home/me/project/states.ts"],
    [HOME, "a", "a/..x/s.ts", "./..x/s.ts"],
    [HOME, "a", "a/x y#1?2%3\\.ts", "./x y%231%3F2%253%5C.ts"],
    [WINDOWS, "src", "lib\\states.ts", "../lib/states.ts"],
    [WINDOWS, "src", "src/states.ts", "./states.ts"],
    [WINDOWS, "D:\\out", "lib\\my states.ts", "file:///C:/Users/me/project/lib/my%20states.ts"],
    [SHARE, "out", "s.ts", "../s.ts"],
  ];
  for (const [cwd, folder, file, address] of table) {
    assertEquals(importAddress(folder, file, cwd), address);
  }
});

Deno.test("importAddress() gives what resolves to the file, whatever its name is", () => {
  const name = fc.string({
    unit: fc.constantFrom(...`ab [!#?%\\"'äß漢&;=+~`),
    minLength: 1,
    maxLength: 8,
  })
    .filter((text) => text.trim() === text);
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 3 }),
      fc.array(name, { minLength: 1, maxLength: 4 }),
      (to, from) => {
        const folder = ["", ...to].join("/") || "/", file = `/${from.join("/")}`;
        const base = fileUrl(`${folder}/x.ts`, HOME);
        const found = new URL(importAddress(folder, file, HOME), base);
        assertEquals(fileURLToPath(found), file);
      },
    ),
  );
});

Deno.test("libraryAddress() and schemasAddress() take each kind of address", () => {
  const table: [string, string, string][] = [
    [
      "@asyncmachine/asyncmachine",
      "@asyncmachine/asyncmachine",
      "@asyncmachine/asyncmachine/schemas",
    ],
    ["am", "am", "am/schemas"],
    [
      "jsr:@asyncmachine/asyncmachine@^0.1.0",
      "jsr:@asyncmachine/asyncmachine@^0.1.0",
      "jsr:@asyncmachine/asyncmachine@^0.1.0/schemas",
    ],
    ["npm:am.js", "npm:am.js", "npm:am.js/schemas"],
    ["../mod.ts", "../mod.ts", "../schemas/mod.ts"],
    ["./lib/mod.js", "./lib/mod.js", "./lib/schemas/mod.js"],
    ["/abs/a b/mod.mts", "/abs/a b/mod.mts", "/abs/a b/schemas/mod.mts"],
    ["@am/mod.ts", "@am/mod.ts", "@am/schemas/mod.ts"],
    [
      "https://example.com/am@1/mod.ts?v=/1",
      "https://example.com/am@1/mod.ts?v=/1",
      "https://example.com/am@1/schemas/mod.ts?v=/1",
    ],
    ["..\\lib\\mod.ts", "../lib/mod.ts", "../lib/schemas/mod.ts"],
    ["C:\\my lib\\mod.ts", "file:///C:/my%20lib/mod.ts", "file:///C:/my%20lib/schemas/mod.ts"],
    [
      "\\\\server\\share\\mod.ts",
      "file://server/share/mod.ts",
      "file://server/share/schemas/mod.ts",
    ],
  ];
  for (const [given, library, schemas] of table) {
    assertEquals(libraryAddress(given), library);
    assertEquals(schemasAddress(libraryAddress(given)), schemas);
  }
});

Deno.test("loadStates() loads files on Windows", async () => {
  const { cwd, readTextFile } = Deno;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, "export const schema = { Foo: {} };");
    Deno.readTextFile = (_, options) => readTextFile(file, options); // the file would be found there
    for (
      const [folder, path, url] of [
        [WINDOWS, "states.ts", "file:///C:/Users/me/project/states.ts"],
        [WINDOWS, "D:\\my states\\#1.ts", "file:///D:/my%20states/%231.ts"],
      ]
    ) {
      Deno.cwd = () => folder;
      const { message } = await assertRejects(() => loadStates(path), InputError, "Cannot load");
      assertEquals(message.includes(url), true, message);
    }
  } finally {
    Object.assign(Deno, { cwd, readTextFile });
    await Deno.remove(file);
  }
});
