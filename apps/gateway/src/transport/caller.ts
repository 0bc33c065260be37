/**
 * The client's side of a call, whatever carried it here. Fields are flat arrays of names and values, in order, with their copies.
 */

import type { Socket } from 'node:net';
import type { RequestFieldNames } from '../headers/request-field.js';
import type { RequestFields } from '../headers/request-fields.js';
import type { AnswerFields } from '../http1/answer-fields.js';

/** A client's wish to have a WebSocket on its connection. */
export interface WebSocketOffer {
  /**
   * Answers 101, and gives the connection away.
   * @param fields flat names and values
   * @throws TypeError for a field that no message may hold
   */
  accept(fields: readonly string[]): { readonly socket: Socket; readonly unread: Buffer };
}

/** Why the rest of a request's body will not come. */
export type BodyFault = 'malformed' | 'extensions' | 'trailers' | 'slow';

export interface CallerListener {
  /** The call has lasted for two seconds; said once. */
  onLasting(): void;
  /** The client left before the answer was complete. */
  onGone(): void;
  /** The client takes more of the answer's body. */
  onDrained(): void;
  onRequestPart(part: Buffer): void;
  /** @param trailers flat names and values, where the transport knows of any */
  onRequestEnd(trailers?: readonly string[]): void;
  /** The rest of the body will not come, and the client can still read an answer; the last one on its connection. */
  onRequestFault(fault: BodyFault): void;
}

/** Who asks, as far as a decision about the call needs it: the request's head, and a way to answer. */
export interface Requester {
  readonly method: string;
  /** Request target as it came. */
  readonly target: string;
  /** Where the path ends in a target that whoever read it found to be plain (`route/request-path.ts`); -1: it may be anything. */
  readonly plainPathEnd: number;
  /** As they came. */
  readonly fields: readonly string[];
  /** Such as `1.1`. */
  readonly httpVersion: string;
  /** Address of the connection's other end, plainly written. */
  readonly peer: string;
  /** Whether the connection is TLS. */
  readonly secure: boolean;
  readFields(names: RequestFieldNames): RequestFields;
  /** First value of a field. @param name lower-case */
  field(name: string): string | undefined;
  /** Sends a whole answer. */
  answer(status: number, fields: string[], body: string | null): void;
}

/** A requester whose call can be carried on: bodies stream both ways. */
export interface Caller extends Requester {
  /** null: an ordinary call. */
  readonly webSocket: WebSocketOffer | null;
  /** Tells what happens from now on to one listener. */
  listen(listener: CallerListener): void;

  /** Lets the request's body come; says `100 Continue` where the client waits for it. */
  startBody(): void;
  pauseBody(): void;
  resumeBody(): void;

  sendInformation(status: number, fields: readonly string[]): void;
  sendHead(status: number, reason: string, fields: AnswerFields): void;
  /** @returns whether the client takes more now; if not, `onDrained` tells when */
  sendPart(part: Buffer): boolean;
  /** Whether a part that was sent may still be needed: it must stay as it is until then. */
  readonly keepsParts: boolean;
  /** Sends a whole answer in place of head, parts and finish. @param body as Latin-1; as long as the fields say, or empty where they say nothing */
  sendWhole(status: number, reason: string, fields: AnswerFields, body: string): void;
  /** Completes the answer. */
  finish(trailers: readonly [string, string][]): void;
  /** Breaks the connection, so that the client sees that the answer is not complete. */
  cut(): void;
}
