/**
 * What `console.log` shows of a class's instances in Deno, Node and Bun: a line, instead of all that
 * is inside.
 */
export function printAs<T extends object>(
  type: { readonly prototype: T },
  text: (self: T) => string,
): void {
  Object.defineProperty(type.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: T) {
      return text(this);
    },
  });
}
