/**
 * Call-outs: what Gatehouse asks services of the operator's over HTTP, such as what a person may do at an API. Connections are kept
 * and shared per origin; an answer is JSON of a bounded size within a bounded time, or the call-out has failed. Redirects are not
 * followed, certificates are verified, and nothing of a question or an answer is logged here or stands in an error.
 */
import { Agent } from 'undici';
import { CallOutError, describeCallOutFault, isDeadConnection } from './call-out-error.js';

/** Milliseconds for a whole call-out, a second try among it. */
export const CALL_OUT_TIMEOUT = 5_000;
/** Milliseconds for a connection. */
const CONNECT_TIMEOUT = 2_000;
/** Connections per origin; further call-outs wait for one, within their time. */
const CONNECTIONS = 16;
/** Bytes of an answer. */
const ANSWER_LIMIT = 256 * 1024;

/** Where a service is asked. */
export interface CallOutTarget {
  readonly url: string;
  /** Value of the field `Authorization`; null: none is sent. */
  readonly authorization: { reveal(): string } | null;
}

export class CallOuts {
  readonly #agent = new Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT },
    headersTimeout: CALL_OUT_TIMEOUT,
    bodyTimeout: CALL_OUT_TIMEOUT,
  });

  /** Asks by GET. @returns the JSON of the answer. @throws CallOutError */
  get(target: CallOutTarget): Promise<unknown> {
    return this.#ask(target, 'GET', null);
  }

  /** Asks by POST, with JSON. @returns the JSON of the answer. @throws CallOutError */
  post(target: CallOutTarget, question: object): Promise<unknown> {
    return this.#ask(target, 'POST', JSON.stringify(question));
  }

  /** Ends what is under way. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  /** A question changes nothing, so one that met a connection which had died meanwhile is asked once more. */
  async #ask(target: CallOutTarget, method: 'GET' | 'POST', body: string | null): Promise<unknown> {
    const signal = AbortSignal.timeout(CALL_OUT_TIMEOUT);
    try {
      return await this.#exchange(target, method, body, signal).catch((error: unknown) => {
        if (!isDeadConnection(error)) throw error;
        return this.#exchange(target, method, body, signal);
      });
    } catch (error) {
      throw describeCallOutFault(error);
    }
  }

  async #exchange({ url, authorization }: CallOutTarget, method: 'GET' | 'POST', body: string | null, signal: AbortSignal) {
    const { origin, pathname, search } = new URL(url);
    const headers = {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'gatehouse',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(authorization === null ? {} : { authorization: authorization.reveal() }),
    };
    const answer = await this.#agent.request({ origin, path: `${pathname}${search}`, method, headers, body, signal });
    const { statusCode } = answer;
    if (statusCode < 200 || statusCode > 299) {
      // What there is to say is said; the connection can serve again if little more comes.
      await answer.body.dump({ limit: ANSWER_LIMIT });
      throw new CallOutError(statusCode >= 300 && statusCode < 400 ? 'redirect' : 'status', String(statusCode));
    }
    return parseJson(await readBounded(answer.body));
  }
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    // Leaving the loop destroys the body, and the connection with it.
    if (size > ANSWER_LIMIT) throw new CallOutError('too-large', `more than ${ANSWER_LIMIT} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new CallOutError('malformed', 'not JSON in UTF-8');
  }
}
