/**
 * Builds the page: bundles `client/main.tsx` and puts it, the style and the document into one text,
 * which becomes the module `built.ts`. A module needs no network and no file beside it at run time,
 * wherever the debugger was installed from.
 *
 *     deno task dbg:page
 */
const folder = new URL("client/", import.meta.url);

/** The text of `built.ts`. */
export async function build(): Promise<string> {
  const output = await Deno.makeTempDir();
  try {
    const script = `${output}/page.js`;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        "--platform",
        "browser",
        "-o",
        script,
        "dbg/page/client/main.tsx",
      ],
      cwd: new URL("../../", import.meta.url),
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const html = await Deno.readTextFile(new URL("index.html", folder));
    const style = await Deno.readTextFile(new URL("page.css", folder));
    // The bundler notes where each file lay: nothing that depends on the checkout stays.
    const code = (await Deno.readTextFile(script)).replaceAll(/^\/\/ \S+\n/gm, "");
    const lines = html
      .replace("/*STYLE*/", () => style)
      // No text in the script may end its element.
      .replace("/*SCRIPT*/", () => code.replaceAll("</script", "<\\/script"))
      .split("\n").map((line) => `  ${JSON.stringify(line)},\n`).join("");
    return `// Made by \`deno task dbg:page\` from dbg/page/client: not to be edited, hence its length.\n` +
      `const lines = [\n${lines}];\n\n` +
      `/** The page: one document with its style and script. */\n` +
      `export const PAGE: string = lines.join("\\n");\n`;
  } finally {
    await Deno.remove(output, { recursive: true });
  }
}

if (import.meta.main) await Deno.writeTextFile(new URL("built.ts", import.meta.url), await build());
