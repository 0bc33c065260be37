import { randomBytes } from 'node:crypto';

const FINAL = 0x80;
const CLOSE = 0x8;
const PING = 0x9;
const MASKED = 0x80;

/** RFC 6455 §7.4.1. */
export const CLOSE_CODES = { goingAway: 1001, policyViolation: 1008 } as const;

/** @param masked as clients must, and servers must not (RFC 6455 §5.1) */
export function pingFrame(masked: boolean): Buffer {
  return controlFrame(PING, Buffer.alloc(0), masked);
}

/** @param reason at most 123 bytes of ASCII */
export function closeFrame(code: number, reason: string, masked: boolean): Buffer {
  const payload = Buffer.alloc(2 + reason.length);
  payload.writeUInt16BE(code);
  payload.write(reason, 2, 'latin1');
  return controlFrame(CLOSE, payload, masked);
}

function controlFrame(opcode: number, payload: Buffer, masked: boolean): Buffer {
  const head = [FINAL | opcode, (masked ? MASKED : 0) | payload.length];
  if (!masked) return Buffer.concat([Buffer.from(head), payload]);
  const key = randomBytes(4);
  return Buffer.concat([Buffer.from(head), key, payload.map((byte, i) => byte ^ (key[i % 4] as number))]);
}
