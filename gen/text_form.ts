/*
 * The form that a file's text has apart from what it says: byte order mark, line ends, a last
 * newline. What gen writes over or into a file takes on the form that the file has.
 */

const BOM = "\ufeff";

/** The form of a text. */
export interface TextForm {
  /** The byte order mark, or nothing. */
  readonly mark: string;
  /** What ends most of its lines. */
  readonly lineEnd: "\n" | "\r\n";
  /** Whether the last line has an end. */
  readonly ended: boolean;
  /** Whether all lines end alike. */
  readonly uniform: boolean;
}

/** The form of a text. */
export function formOf(text: string): TextForm {
  const all = text.split("\n").length - 1;
  const carriage = text.split("\r\n").length - 1;
  return {
    mark: text.startsWith(BOM) ? BOM : "",
    lineEnd: carriage * 2 > all ? "\r\n" : "\n",
    ended: text === "" || text.endsWith("\n"),
    uniform: carriage === 0 || carriage === all,
  };
}

/** The text without a form: no mark, plain line ends. */
export function plain(text: string): string {
  return withoutMark(text).replaceAll("\r\n", "\n");
}

/** The text without its byte order mark. */
export function withoutMark(text: string): string {
  return text.startsWith(BOM) ? text.slice(BOM.length) : text;
}

/** A text in a form; its own form is given up. */
export function inForm(text: string, { mark, lineEnd, ended }: TextForm): string {
  const own = plain(text);
  return mark + (ended ? own : own.replace(/\n$/, "")).replaceAll("\n", lineEnd);
}
