/**
 * Bundles `mod.ts` into `dist/asyncmachine.js` and checks its size.
 *
 *     deno task bundle
 */
/** What docs/performance.md aims at. */
const GOAL = 18 * 1024;
/** What must not be exceeded meanwhile. */
const LIMIT = 30 * 1024;

const bundled = await new Deno.Command(Deno.execPath(), {
  args: ["bundle", "--quiet", "--minify", "-o", "dist/asyncmachine.js", "mod.ts"],
}).output();
if (!bundled.success) throw new Error(new TextDecoder().decode(bundled.stderr));
const file = await Deno.open("dist/asyncmachine.js");
const zipped = await new Response(file.readable.pipeThrough(new CompressionStream("gzip"))).bytes();
console.log(`mod.ts: ${zipped.length} bytes minified and gzipped, limit ${LIMIT}, goal ${GOAL}`);
if (zipped.length > LIMIT) Deno.exit(1);
