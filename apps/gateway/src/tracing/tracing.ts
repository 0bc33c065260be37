/**
 * OpenTelemetry traces, where the environment names a collector. Its packages are loaded only then: without it a call carries a null,
 * and a `traceparent` of the client's passes as it came.
 */
import type { TracingSettings } from '#process/environment.js';
import type { RequestFields } from '../headers/request-fields.js';
import { CallTrace } from './call-trace.js';
import { readTraceparent } from './traceparent.js';

type BeginTrace = (method: string, fields: RequestFields) => CallTrace;

export class Tracing {
  /** null: no traces. */
  begin: BeginTrace | null = null;
  #shutdown: () => Promise<void> = async () => undefined;

  /** Loads what is needed, and begins to trace. */
  async open({ url, ratio, serviceName }: TracingSettings): Promise<void> {
    const [
      api,
      { BasicTracerProvider, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler },
      { resourceFromAttributes },
      { OTLPTraceExporter },
    ] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
    });
    const tracer = provider.getTracer('gatehouse-gateway');
    this.begin = (method, { traceparent, tracestate }) => {
      const parent = readTraceparent(traceparent);
      return new CallTrace(api, tracer, method, parent, parent === null ? undefined : tracestate);
    };
    this.#shutdown = () => provider.shutdown();
  }

  /** Sends what is not sent yet; a collector that is away does not hold a stop up for long. */
  async close(): Promise<void> {
    this.begin = null;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, 2_000);
    });
    await Promise.race([this.#shutdown().catch(() => undefined), late]);
    clearTimeout(timer);
  }
}
