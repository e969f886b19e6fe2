import { trace } from "@opentelemetry/api";

let warned = false;

/**
 * Warns once when a provider is registered that this copy of the API does not see: a newer one
 * ignores what an older one has registered, so that all spans would silently go nowhere.
 */
export function warnIfUnseen(): void {
  // Where all versions 1 of the API keep what is registered globally.
  const key = Symbol.for("opentelemetry.js.api.1");
  const registered = (globalThis as { [key]?: { trace?: unknown; version?: string } })[key];
  if (warned || !registered?.trace || registered.trace === trace.getTracerProvider()) return;
  warned = true;
  console.warn(
    `Spans of machines are not exported: the tracer provider was registered by another copy of ` +
      `@opentelemetry/api (${registered.version}), which the one used here ignores. ` +
      `Give traceMachine a tracer: { tracer: trace.getTracer("asyncmachine"), context }.`,
  );
}
