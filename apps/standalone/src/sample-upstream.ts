/**
 * The sample upstream: a small shop's back office, so that a fresh installation has something real to publish. It keeps its orders
 * in memory and knows nothing of Gatehouse; it runs only where the config names it.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '#process/listen.js';

interface Order {
  readonly id: string;
  readonly placedAt: string;
  readonly currency: 'EUR';
  readonly total: string;
  readonly lines: readonly OrderLine[];
}

interface OrderLine {
  readonly article: string;
  readonly quantity: number;
}

type Answer = { readonly status: number; readonly body: unknown };
type Route = readonly [method: string, path: RegExp, answer: (call: Call) => Answer];

interface Call {
  readonly parameters: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

const MAX_BODY_BYTES = 64 * 1024;
const FIRST_ORDER_ID = 1001;
/** Prices in cents. */
const ARTICLES = [
  { article: 'chair-oak', name: 'Oak chair', available: 12, price: 8_900 },
  { article: 'lamp-arc', name: 'Arc lamp', available: 3, price: 12_950 },
  { article: 'desk-walnut', name: 'Walnut desk', available: 0, price: 64_000 },
] as const;

export interface SampleUpstream {
  readonly port: number;
  stop(): Promise<void>;
}

/** @throws OperatorError when the port is taken */
export async function startSampleUpstream(port: number): Promise<SampleUpstream> {
  const routes = shopRoutes();
  const server = createServer((request, response) => {
    serve(routes, request, response).catch(() => response.destroy());
  });
  const bound = await listen(server, port, 'SAMPLE_UPSTREAM_PORT');
  return {
    port: bound,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function shopRoutes(): readonly Route[] {
  const orders: Order[] = [];
  addOrder(orders, [{ article: 'chair-oak', quantity: 4 }]);
  addOrder(orders, [
    { article: 'lamp-arc', quantity: 1 },
    { article: 'chair-oak', quantity: 2 },
  ]);
  const stock = ARTICLES.map(({ article, name, available }) => ({ article, name, available }));
  return [
    ['GET', /^\/orders\/?$/, () => ({ status: 200, body: [...orders].reverse() })],
    ['POST', /^\/orders\/?$/, ({ body }) => placeOrder(orders, body)],
    ['GET', /^\/orders\/(\d+)$/, ({ parameters }) => found(orders.find((order) => order.id === parameters[0]))],
    ['GET', /^\/reports\/sales$/, ({ headers }) => ({ status: 200, body: salesReport(orders, headers) })],
    ['GET', /^\/stock\/?$/, () => ({ status: 200, body: stock })],
    ['GET', /^\/stock\/([a-z-]+)$/, ({ parameters }) => found(stock.find((entry) => entry.article === parameters[0]))],
    ['GET', /^\/status\/?$/, () => ({ status: 200, body: { status: 'open for business' } })],
  ];
}

function addOrder(orders: Order[], lines: readonly OrderLine[]): Order {
  const cents = lines.reduce(
    (sum, line) => sum + line.quantity * (ARTICLES.find((entry) => entry.article === line.article)?.price ?? 0),
    0,
  );
  const id = String(FIRST_ORDER_ID + orders.length);
  const order: Order = { id, placedAt: new Date().toISOString(), currency: 'EUR', total: inEuros(cents), lines };
  orders.push(order);
  return order;
}

function inEuros(cents: number): string {
  return (cents / 100).toFixed(2);
}

function placeOrder(orders: Order[], body: unknown): Answer {
  const { lines } = (body ?? {}) as { lines?: unknown };
  if (!Array.isArray(lines) || lines.length === 0 || !lines.every(isOrderLine)) {
    const articles = ARTICLES.map(({ article }) => article).join(', ');
    return { status: 422, body: { error: `An order needs "lines", each with an "article" (${articles}) and a "quantity" from 1` } };
  }
  return {
    status: 201,
    body: addOrder(
      orders,
      lines.map(({ article, quantity }) => ({ article, quantity })),
    ),
  };
}

function isOrderLine(line: unknown): line is OrderLine {
  const { article, quantity } = (line ?? {}) as { article?: unknown; quantity?: unknown };
  return ARTICLES.some((entry) => entry.article === article) && Number.isInteger(quantity) && Number(quantity) >= 1;
}

/** Shows how an upstream uses what the gateway tells it: margins only for calls whose token has that scope. */
function salesReport(orders: readonly Order[], headers: IncomingMessage['headers']): object {
  const cents = orders.reduce((sum, order) => sum + Math.round(Number(order.total) * 100), 0);
  const scopes = String(headers['x-authenticated-scope'] ?? '').split(' ');
  const report = { date: new Date().toISOString().slice(0, 10), currency: 'EUR', orders: orders.length, turnover: inEuros(cents) };
  return scopes.includes('margins') ? { ...report, margin: inEuros(Math.round(cents * 0.31)) } : report;
}

function found(entry: unknown): Answer {
  return entry === undefined ? { status: 404, body: { error: 'There is no such thing here' } } : { status: 200, body: entry };
}

async function serve(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const { status, body } = await answer(routes, request, path);
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function answer(routes: readonly Route[], request: IncomingMessage, path: string): Promise<Answer> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  for (const [verb, pattern, respond] of routes) {
    const match = verb === method ? pattern.exec(path) : null;
    if (!match) continue;
    const body = await readJson(request);
    if (body === undefined) return { status: 400, body: { error: `The body must be JSON of at most ${MAX_BODY_BYTES} bytes` } };
    return respond({ parameters: match.slice(1), headers: request.headers, body });
  }
  return { status: 404, body: { error: `The shop has nothing at ${method} ${path}` } };
}

/** @returns null without a body, undefined for one that is no JSON or too long */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  if (size === 0) return null;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
