import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closeFrame, pingFrame } from './control-frame.js';
import { FrameTracker } from './frame-tracker.js';

interface Frame {
  readonly opcode: number;
  readonly masked: boolean;
  readonly length: number;
}

/** RFC 6455 §5.2. */
function frameBytes({ opcode, masked, length }: Frame): Buffer {
  const mask = masked ? 0x80 : 0;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = mask | length;
  else if (length < 65_536) {
    head[1] = mask | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0, 7), Buffer.alloc(length, 0x88)]);
}

const frames = fc.array(
  fc.record({
    opcode: fc.constantFrom(0, 1, 2, 9, 10),
    masked: fc.boolean(),
    length: fc.oneof(fc.nat(130), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000)),
  }),
  { maxLength: 6 },
);

describe('BEHAVIOURS 87: frames are followed, however they are cut', () => {
  test('it is at a border behind each whole frame, and nowhere else', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(200_000), { maxLength: 12 }), (list, places) => {
        const parts = list.map(frameBytes);
        const bytes = Buffer.concat(parts);
        const borders = new Set([0]);
        let end = 0;
        for (const part of parts) {
          end += part.length;
          borders.add(end);
        }
        const cuts = [...new Set(places.map((place) => place % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
        const tracker = new FrameTracker();
        let at = 0;
        for (const cut of cuts) {
          tracker.read(bytes.subarray(at, cut));
          at = cut;
          if (tracker.atBoundary !== borders.has(cut)) return false;
        }
        return !tracker.closeSeen;
      }),
      { numRuns: 500 },
    );
  });

  test('a close frame is noticed, whole or not', () => {
    const tracker = new FrameTracker();
    tracker.read(closeFrame(1000, 'bye', true).subarray(0, 6));
    expect([tracker.closeSeen, tracker.atBoundary]).toEqual([true, false]);
  });

  test('a frame of more bytes than can be counted is never over', () => {
    const tracker = new FrameTracker();
    tracker.read(Buffer.from([0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    tracker.read(Buffer.alloc(1_000_000));
    expect(tracker.atBoundary).toBe(false);
  });
});

test('RFC 6455 §5.5: our own frames are control frames, masked where a client sends them', () => {
  expect(pingFrame(false)).toEqual(Buffer.from([0x89, 0]));
  const masked = closeFrame(1008, 'no', true);
  expect([masked[0], masked[1]]).toEqual([0x88, 0x84]);
  const key = masked.subarray(2, 6);
  const payload = masked.subarray(6).map((byte, i) => byte ^ (key[i % 4] as number));
  expect([...payload]).toEqual([0x03, 0xf0, 0x6e, 0x6f]);
});
