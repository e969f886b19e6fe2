/** Compile-time tests of pipes: `deno check` fails when an expected error is missing. */
import { args, Machine } from "../../mod.ts";
import { pipe, pipeErrors } from "../../pipes/mod.ts";

const source = new Machine({ Ready: {}, Done: { args: args<{ n: number }>() }, Gone: {} });
const target = new Machine({
  PeerReady: {},
  Free: { args: args<{ n: number }>() },
  Must: { args: args.required<{ id: string }>() },
  ChildErr: { multi: true, args: args<{ err: Error; machine: string }>() },
  Strange: { args: args<{ err: string }>() },
});

pipe(source, { Ready: "PeerReady", Exception: "Exception" }, target);
pipe(source, { Ready: ["PeerReady", "Free"] }, target, { signal: new AbortController().signal });
pipe(source, { Ready: { to: "PeerReady" }, Done: { to: "Free", keep: true } }, target);
pipe(source, { Done: { to: "Free", args: () => ({ n: 1 }) } }, target);
pipe(source, { Done: { to: "Must", args: ({ machine }) => ({ id: machine.id }) } }, target);
pipe(source, { Done: { to: "Must", args: (c) => ({ id: `${c.state} ${c.tick}` }) } }, target);
pipe(source, { Done: { to: ["PeerReady", "Free"], args: () => ({ n: 1 }) } }, target);
// @ts-expect-error: an unknown state of the source
pipe(source, { Redy: "PeerReady" }, target);
// @ts-expect-error: an unknown state of the target
pipe(source, { Ready: "PeerRedy" }, target);
// @ts-expect-error: an unknown state of the target in a list
pipe(source, { Ready: ["PeerReady", "Fre"] }, target);
// @ts-expect-error: an unknown state of the target in the long form
pipe(source, { Ready: { to: "PeerRedy" } }, target);
// @ts-expect-error: an unknown state of the target in the list of the long form
pipe(source, { Ready: { to: ["PeerReady", "Fre"] } }, target);
// @ts-expect-error: a state that needs arguments, in the short form
pipe(source, { Ready: "Must" }, target);
// @ts-expect-error: a state that needs arguments, in a list
pipe(source, { Ready: ["PeerReady", "Must"] }, target);
// @ts-expect-error: a state that needs arguments, without args
pipe(source, { Ready: { to: "Must" } }, target);
// @ts-expect-error: arguments of the wrong type
pipe(source, { Ready: { to: "Must", args: () => ({ id: 1 }) } }, target);
// @ts-expect-error: optional arguments of the wrong type
pipe(source, { Ready: { to: "Free", args: () => ({ n: "1" }) } }, target);
// @ts-expect-error: a change has no such field
pipe(source, { Ready: { to: "Must", args: (c) => ({ id: c.name }) } }, target);
// @ts-expect-error: keep is a boolean
pipe(source, { Ready: { to: "Free", keep: "yes" } }, target);
// @ts-expect-error: a misspelt option
pipe(source, { Ready: "PeerReady" }, target, { signl: null });

pipeErrors(source, target, "ChildErr");
pipeErrors(source, target, "PeerReady");
// @ts-expect-error: an unknown state of the parent
pipeErrors(source, target, "ChildEr");
// @ts-expect-error: a state with other arguments
pipeErrors(source, target, "Strange");

const loose: Machine = new Machine({ Any: {} } as Record<string, object>);
pipe(loose, { Whatever: "PeerReady" }, target);
pipe(source, { Ready: "Whatever", Done: { to: "Whatever", args: () => ({ n: 1 }) } }, loose);
