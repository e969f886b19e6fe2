/** The same for texts that look the same, whatever their case and however accents are written. */
export function folded(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** Characters that mean something in a pattern. */
const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g;

/** Characters beyond those of English. */
// deno-lint-ignore no-control-regex
const OTHER = /[^\x00-\x7f]/;

/** Tells whether a text has another one in it, whatever the case and however accents are written. */
export function matcherOf(wanted: string): (text: string) => boolean {
  // A pattern makes no copy of what it looks at: millions of texts are searched.
  // deno-lint-ignore no-control-regex
  if (/^[\x00-\x7f]*$/.test(wanted)) {
    const pattern = new RegExp(wanted.replace(SPECIAL, "\\$&"), "i");
    return (text) => pattern.test(text);
  }
  const within = folded(wanted);
  // What has no such character cannot have it: most texts need not be folded.
  return (text) => OTHER.test(text) && folded(text).includes(within);
}
