import { Component, type ComponentChild } from "preact";

/** A component that is drawn again only when a property is another value: views share what stays. */
export function pure<Props extends object>(
  draw: (props: Props) => ComponentChild,
): new (props: Props) => Component<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const now = this.props as Record<string, unknown>;
      const names = new Set([...Object.keys(now), ...Object.keys(next)]);
      return [...names].some((name) => now[name] !== (next as Record<string, unknown>)[name]);
    }
    render(props: Props): ComponentChild {
      return draw(props);
    }
  };
}
