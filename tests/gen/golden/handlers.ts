/**
 * Handlers for the states of `./states_file.ts`. Take out what you don't need; beside `…Enter` and
 * `…State` there are `…Exit` (may refuse that the state leaves) and `…End` (runs after it left).
 *
 * @module
 */
import type { EventArgs, HandlerEvent, StatesOf } from "@asyncmachine/asyncmachine";
import type { schema } from "./states_file.ts";

type States = StatesOf<typeof schema>;
type Event<Name extends keyof States> = HandlerEvent<States, EventArgs<States, Name>>;

/** To be bound by `machine.bindHandlers(new MachineHandlers())`. */
export class MachineHandlers {
  /** May refuse Foo by returning false. */
  FooEnter(_event: Event<"Foo">): boolean {
    return true;
  }

  /** Acts when Foo is active; `event.signal` aborts when it no longer is. */
  FooState(_event: Event<"Foo">): void {}

  /** May refuse Bar by returning false. */
  BarEnter(_event: Event<"Bar">): boolean {
    return true;
  }

  /** Acts when Bar is active; `event.signal` aborts when it no longer is. */
  BarState(_event: Event<"Bar">): void {}
}
