/** What the store uses of `@nats-io/jetstream` 3 and a connection of `@nats-io/transport-node` and its like. */

/** A connection to NATS. */
export interface NatsConnection {
  /** Closes it. */
  close(): Promise<void>;
}

/** A message of a stream, as consumers get it. */
export interface NatsMessage {
  /** Its subject. */
  readonly subject: string;
  /** Its number in the stream. */
  readonly seq: number;
  /** What it holds. */
  readonly data: Uint8Array;
}

/** Messages, as they come. */
export interface NatsMessages extends AsyncIterable<NatsMessage> {
  /** No more of them. */
  close(): Promise<unknown>;
}

/** A consumer. */
export interface NatsConsumer {
  /** Messages, without end. */
  consume(
    options: { readonly expires: number; readonly idle_heartbeat: number },
  ): Promise<NatsMessages>;
  /** So many messages, or those that come in time. */
  fetch(
    options: { readonly max_messages: number; readonly expires: number },
  ): Promise<NatsMessages>;
  /** What it knows of itself. */
  info(): Promise<{ readonly num_pending: number }>;
}

/** What publishes. */
export interface NatsJetStream {
  /** Publishes a message. */
  publish(
    subject: string,
    data: Uint8Array,
    options: {
      readonly timeout?: number;
      readonly expect: { readonly lastSubjectSequence: number };
    },
  ): Promise<{ readonly seq: number }>;
  /** Consumers. */
  readonly consumers: {
    /** One that begins where it is told. */
    get(
      stream: string,
      options: { readonly deliver_policy: string; readonly filter_subjects?: string },
    ): Promise<unknown>;
  };
}

/** What manages streams. */
export interface NatsManager {
  /** Streams. */
  readonly streams: {
    /** Makes one. */
    add(config: Readonly<Record<string, unknown>>): Promise<unknown>;
    /** What it is like. */
    info(name: string): Promise<unknown>;
    /** One message. */
    getMessage(
      stream: string,
      query: { readonly last_by_subj: string } | { readonly seq: number },
    ): Promise<NatsMessage | null>;
  };
}

/** The functions of `@nats-io/jetstream` that are used. */
export interface NatsModule {
  /** Makes what publishes. */
  jetstream(connection: never): unknown;
  /** Makes what manages. */
  jetstreamManager(connection: never): Promise<unknown>;
}

/** The function of `@nats-io/transport-node` that is used. */
export interface NatsTransport {
  /** Makes a connection. */
  connect(options: { readonly servers: string | readonly string[] }): Promise<NatsConnection>;
}

/** What a store works with. */
export interface NatsParts {
  /** The connection. */
  readonly connection: NatsConnection;
  /** The functions of JetStream. */
  readonly jetstream: NatsModule;
}

/** Connects by the packages that the application has; in Deno they need not be installed. */
export async function connectTo(servers: string | readonly string[]): Promise<NatsParts> {
  const transport = await load("@nats-io/transport-node") as NatsTransport;
  const jetstream = await load("@nats-io/jetstream") as NatsModule;
  return { connection: await transport.connect({ servers }), jetstream };
}

/** The name is no literal, so that nobody has to have the package who does not use it. */
async function load(name: string): Promise<unknown> {
  try {
    return await import(/* @vite-ignore */ name);
  } catch (error) {
    if (!("Deno" in globalThis)) throw error;
    return await import(/* @vite-ignore */ `npm:${name}@^3.4.0`);
  }
}
