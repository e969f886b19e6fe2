/** A process's place among those of its terminal. */
interface Place {
  readonly parent: number;
  readonly group: number;
  readonly session: string;
}

function placeOf(pid: number): Place | null {
  try {
    // After the name, which may have anything in it: state, parent, group, session.
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const [, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(parent), group: Number(group), session };
  } catch {
    return psPlace(pid);
  }
}

/** Where there is no `/proc`; processes of one terminal are of one session. */
function psPlace(pid: number): Place | null {
  try {
    const { stdout } = new Deno.Command("ps", {
      args: ["-o", "ppid=,pgid=,tty=", "-p", String(pid)],
    }).outputSync();
    const [parent, group, session] = new TextDecoder().decode(stdout).trim().split(/\s+/);
    return session ? { parent: Number(parent), group: Number(group), session } : null;
  } catch {
    return null;
  }
}

/**
 * Whether somebody can let this process go on after a stop: a shell in the same terminal, outside of
 * the process's group. A program that is a window's only one would stop forever.
 */
export function hasShell(): boolean {
  const own = placeOf(Deno.pid);
  for (let at = own; own && at !== null; at = placeOf(at.parent)) {
    if (at.group !== own.group) return at.session === own.session;
  }
  return false;
}
