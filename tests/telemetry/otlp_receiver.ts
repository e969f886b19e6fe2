/** A span as a test looks at it. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Record<string, unknown>;
  readonly events: { name: string; attributes: Record<string, unknown> }[];
  readonly links: { spanId: string; attributes: Record<string, unknown> }[];
  readonly status: { code?: number; message?: string };
}

// deno-lint-ignore no-explicit-any -- whatever JSON it is
type Json = any;

/** Runs a script with Deno's exporter, and gives the spans that an OTLP/HTTP receiver gets of it. */
export async function spansOf(script: string): Promise<ReceivedSpan[]> {
  const spans: ReceivedSpan[] = [];
  const options = { port: 0, hostname: "127.0.0.1", onListen() {} };
  const server = Deno.serve(options, async (request) => {
    if (new URL(request.url).pathname !== "/v1/traces") {
      await request.body?.cancel();
      return new Response("{}");
    }
    for (const resource of (await request.json() as Json).resourceSpans) {
      for (const scope of resource.scopeSpans) {
        for (const span of scope.spans) {
          spans.push({
            ...span,
            parentSpanId: span.parentSpanId ?? "",
            attributes: attributesOf(span),
            events: (span.events ?? []).map((event: Json) => ({
              name: event.name,
              attributes: attributesOf(event),
            })),
            links: (span.links ?? []).map((link: Json) => ({
              spanId: link.spanId,
              attributes: attributesOf(link),
            })),
            status: span.status ?? {},
          });
        }
      }
    }
    return Response.json({});
  });
  const page = Deno.serve(options, () => new Response("page"));
  const { stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, `http://127.0.0.1:${page.addr.port}/`],
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
    },
  }).output();
  await server.shutdown();
  await page.shutdown();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return spans;
}

function attributesOf(of: Json): Record<string, unknown> {
  return Object.fromEntries(
    (of.attributes ?? []).map(({ key, value }: Json) => [key, plain(value)]),
  );
}

function plain(value: Json): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  if ("intValue" in value) return Number(value.intValue);
  return Object.values(value)[0];
}
