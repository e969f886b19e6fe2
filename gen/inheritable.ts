import type { Schema } from "../relations/mod.ts";
import { basic, connected } from "../schemas/mod.ts";

/** The schemas that a states file can inherit, by name. */
export const INHERITABLE: Readonly<Record<string, Schema>> = { basic, connected };
