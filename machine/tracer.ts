import type { Tracer } from "./any_machine.ts";

/** Tracers that every machine created from now on gets, for environment-wide debugging. */
export const globalTracers: Set<Tracer> = new Set();
