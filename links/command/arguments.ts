import type { Option } from "npm:commander@14.0.3";

/**
 * Arguments as `@cliffy/command` reads them: `-ab` is `-a -b`, `-a=1` is `-a 1`, and what follows
 * `--` is no argument of the command. Values of options stay as they are; an empty one is none.
 */
export function normalized(args: readonly string[], options: readonly Option[]): string[] {
  const takesValue = (arg: string) =>
    options.some(({ short, long, required }) => required && (arg === short || arg === long));
  const rest = [...args];
  const all: string[] = [];
  for (let arg = rest.shift(); arg !== undefined && arg !== "--"; arg = rest.shift()) {
    const [, flags, value] = /^-([^-=][^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const isSplit = flags !== undefined && flags[1] !== "." &&
      (flags.length > 1 || value !== undefined);
    if (isSplit) {
      rest.unshift(...[...flags].map((flag) => `-${flag}`), ...value === undefined ? [] : [value]);
      continue;
    }
    const [, long] = /^(--[^=]+)=$/.exec(arg) ?? [];
    if (takesValue(long ?? "")) continue;
    if (!takesValue(arg) || rest.length === 0) all.push(arg);
    else {
      const value = rest.shift()!;
      if (value !== "") all.push(arg, value);
    }
  }
  return all;
}
