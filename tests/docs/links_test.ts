/** What the documents link to is there, in the checkout and in what is published. */
import { assert, assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "examples/ui/README.md",
  ...documentsIn("docs/"),
];

/** The documents of a folder, and of those in it. */
function documentsIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) =>
    isDirectory ? documentsIn(`${folder}${name}/`) : name.endsWith(".md") ? [folder + name] : []
  );
}

const read = (page: string) => Deno.readTextFileSync(new URL(page, root));

/** Code shows links that are none. */
const prose = (text: string) => text.replaceAll(/^```.*?^```/gms, "").replaceAll(/`[^`\n]*`/g, "`");

/** The relative links of a page, as paths from the root with their fragments. */
function linksOf(page: string): { path: string; hash: string }[] {
  return [...prose(read(page)).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, to]) => to)
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => new URL(to, new URL(page, root)))
    .map(({ href, hash }) => ({
      path: decodeURIComponent(href.slice(root.href.length).replace(/#.*/, "")),
      hash: hash.slice(1),
    }));
}

/** How a heading is addressed. */
const slug = (heading: string) =>
  heading.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "").trim().replaceAll(" ", "-");

const headingsOf = (page: string) =>
  [...read(page).replaceAll(/^```.*?^```/gms, "").matchAll(/^#+ (.*)$/gm)].map(([, it]) =>
    slug(it)
  );

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, root)) !== null;
  } catch {
    return false;
  }
}

Deno.test("each link of the documents leads to a file, and to a heading of it", () => {
  const wrong = pages.flatMap((page) =>
    linksOf(page).filter(({ path, hash }) =>
      !exists(path) || hash !== "" && !headingsOf(path).includes(hash)
    ).map(({ path, hash }) => `${page}: ${path}#${hash}`)
  );
  assertEquals(wrong, []);
});

Deno.test("docs/README.md leads to every document", () => {
  const linked = linksOf("docs/README.md").map(({ path }) => path);
  // The cases are not published, so what is published does not link to them.
  const others = pages.filter((page) => page !== "docs/README.md" && !/\bcases\//.test(page));
  assertEquals(others.filter((page) => !linked.includes(page)), []);
});

Deno.test("what published documents link to is published", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check", "--allow-slow-types"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, said);
  const published = [...said.matchAll(/^ +(file:\S+) \(/gm)].map(([, href]) =>
    decodeURIComponent(href.slice(root.href.length))
  );
  assert(published.includes("mod.ts"), said);
  const isThere = (path: string) =>
    published.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`));
  const shown = pages.filter(isThere);
  assert(shown.includes("README.md"));
  const wrong = shown.flatMap((page) =>
    linksOf(page).filter(({ path }) => !isThere(path)).map(({ path }) => `${page}: ${path}`)
  );
  assertEquals(wrong, []);
});
