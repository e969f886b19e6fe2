/** The ticks of a machine's states, in schema order. */
export type Time = readonly number[];
