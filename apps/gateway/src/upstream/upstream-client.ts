/**
 * What the call path needs of an upstream, whatever speaks HTTP with it: head, body parts, end, abort. Fields are flat arrays of
 * names and values, in order, with their copies.
 */

import type { Socket } from 'node:net';
import type { AnswerFields } from '../http1/answer-fields.js';

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Header lines as Latin-1, each with its CRLF, checked by who wrote them; all but Host and Transfer-Encoding. */
  readonly lines: string;
  /** Host field; null: the upstream's own. */
  readonly host: string | null;
  /** Bytes of the body, which the lines say too; -1: it is as long as it turns out to be; 0: there is none. */
  readonly bodyLength: number;
  /** Asks for a WebSocket on the connection. */
  readonly webSocket?: true;
}

/** The head of an answer. */
export interface UpstreamHead {
  readonly status: number;
  readonly reason: string;
  /** Flat names and values, as they came. */
  readonly fields: string[];
  /** The fields that go on to the client; null: some of them must be changed before (`headers/response-fields.ts`). */
  readonly passing: AnswerFields | null;
  /** Value of the Connection field, where it may list fields: they go out of the trailers, too. */
  readonly connection: string | undefined;
}

export interface UpstreamListener {
  /** An interim answer (1xx). */
  onInformation(status: number, fields: string[]): void;
  onHead(head: UpstreamHead): void;
  /** @param part that stays as it is for as long as `keepsParts` says */
  onBodyPart(part: Buffer): void;
  /** Whether a part that it was told of may still be needed. Where it does not say, each may be for ever. */
  readonly keepsParts?: boolean;
  /** A short answer that came in one piece; in place of head, parts and end. @param body as Latin-1 */
  onWhole(head: UpstreamHead, body: string): void;
  /**
   * The upstream answered 101 to a request for a WebSocket: the connection is the listener's from now on.
   * @param fields flat names and values
   * @param unread what came behind the head
   */
  onSwitch(fields: string[], socket: Socket, unread: Buffer): void;
  /** @param trailers flat names and values */
  onEnd(trailers: string[]): void;
  /** The exchange is over; before or after the head. Not called after `abort`. */
  onFailure(failure: UpstreamFailure): void;
  /** The upstream takes (more) parts of the request's body. */
  onWritable(): void;
}

export interface UpstreamFailure {
  /** `busy`: no connection was free, and none might be opened. */
  readonly reason: 'unreachable' | 'connect-timeout' | 'timeout' | 'broken' | 'busy';
  /** Whether the upstream may have seen a part of the request. */
  readonly sent: boolean;
  readonly error: Error;
}

/** One request on its way. */
export interface UpstreamExchange {
  /** Sends a part of the body. @returns whether more is wanted now; if not, `onWritable` tells when */
  write(part: Buffer): boolean;
  /** The body is complete. @param trailers flat names and values; sent where the body goes in chunks */
  end(trailers?: readonly string[]): void;
  /** Stops the answer's body until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes the connection to the upstream at once; the listener hears nothing more. */
  abort(): void;
}

/** Connections of a pool, and how many were ever opened. */
export interface PoolCounts {
  readonly busy: number;
  readonly idle: number;
  /** Calls that wait for one. */
  readonly waiting: number;
  readonly opened: number;
}

/** A pool of connections to one upstream target. */
export interface UpstreamClient {
  readonly counts: PoolCounts;
  open(request: UpstreamRequest, listener: UpstreamListener): UpstreamExchange;
  /** Lets what is in flight finish, then closes. */
  close(): Promise<void>;
}
