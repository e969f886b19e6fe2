/*
 * Paths of files made into URLs and into what an import says. The current folder tells which kind of
 * paths a system has, so that Windows is understood, and tested, anywhere.
 */
import { posix, win32 } from "node:path";
import { pathToFileURL } from "node:url";

const WINDOWS = /^(?:[A-Za-z]:[\\/]|\\\\)/;

/** The URL of a file. */
export function fileUrl(path: string, cwd: string): string {
  return pathToFileURL(rules(cwd).resolve(cwd, path), { windows: WINDOWS.test(cwd) }).href;
}

/** The folder of a file, as an absolute path. */
export function folderOf(path: string, cwd: string): string {
  return rules(cwd).dirname(rules(cwd).resolve(cwd, path));
}

/** What a module in `folder` imports a file as. */
export function importAddress(folder: string, file: string, cwd: string): string {
  const { resolve, relative, isAbsolute, sep } = rules(cwd);
  const path = relative(resolve(cwd, folder), resolve(cwd, file));
  if (isAbsolute(path)) return fileUrl(file, cwd); // on another drive
  // What would end or change the path of a URL; other signs are understood as they are.
  const steps = path.split(sep).map((step) => step.replace(/[%?#\\]/g, encodeURIComponent));
  return steps[0] === ".." ? steps.join("/") : `./${steps.join("/")}`;
}

/** What the library is imported as, when it is given as a module's address or a path of any system. */
export function libraryAddress(library: string): string {
  if (WINDOWS.test(library)) return fileUrl(library, library);
  return /^\.{0,2}\\/.test(library) ? library.replaceAll("\\", "/") : library;
}

/** What the ready-made schemas of a library are imported as. */
export function schemasAddress(library: string): string {
  const file = /^(.*\/)?[^/?#]*(\.[cm]?[jt]s)([?#].*)?$/.exec(library);
  if (!file || file[1] === undefined && !library.startsWith(".")) {
    return `${library.replace(/\/$/, "")}/schemas`;
  }
  const [, folder = "", extension, query = ""] = file;
  return `${folder}schemas/mod${extension}${query}`;
}

function rules(cwd: string): typeof posix {
  return WINDOWS.test(cwd) ? win32 : posix;
}
