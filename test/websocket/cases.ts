// SPDX-License-Identifier: Apache-2.0

/**
 * Conversations that a WebSocket endpoint answers in one way only, sound and unsound ones, by the kinds of the Autobahn test suite: framing,
 * pings, reserved bits, opcodes, fragmentation, UTF-8, closing, limits, compression.
 */
import { type Agreement, Deflate, takeOffer } from './deflate.ts';
import { BINARY, CONTINUATION, chopped, close, fragments, frame, PING, PONG, TEXT } from './frames.ts';

export interface Case {
  readonly what: string;
  /** What the client writes, one write each. */
  readonly writes: readonly Buffer[];
}

const LENGTHS = [0, 1, 125, 126, 127, 128, 65_535, 65_536];
const TEXTS = ['Hello-µ@ßöäüàá-UTF-8!!', 'κόσμε', '\u0000', '\ud800\udc00', '\uffff', '대문', '👩‍🚀'];
const INVALID = [
  'cebae1bdb9cf83cebcceb5eda080656469746564',
  '80',
  'bf',
  'c0',
  'e0',
  'fe',
  'c0af',
  'e080af',
  'f08080af',
  'fc8080808080',
  'eda080',
  'f4908080',
  'edafbfedbfbf',
];
const GOOD_CODES = [1_000, 1_001, 1_002, 1_003, 1_007, 1_008, 1_009, 1_010, 1_011, 3_000, 3_999, 4_000, 4_999];
const BAD_CODES = [0, 999, 1_004, 1_005, 1_006, 1_016, 1_100, 2_000, 2_999, 5_000, 65_535];

/** `frames` and, behind them, the end of the conversation. */
function talk(what: string, ...frames: readonly Buffer[]): Case {
  return { what, writes: [...frames, close()] };
}

/** As `talk`, in pieces of one byte and in one piece. */
function bothWays(what: string, ...frames: readonly Buffer[]): Case[] {
  const all = Buffer.concat([...frames, close()]);
  return [
    talk(what, ...frames),
    { what: `${what}, byte by byte`, writes: chopped(all, 1) },
    { what: `${what}, at once`, writes: [all] },
  ];
}

function framing(): Case[] {
  return [TEXT, BINARY].flatMap(opcode =>
    LENGTHS.flatMap(length => {
      const whole = frame(opcode, Buffer.alloc(length, '*'));
      return [
        talk(`${opcode} of ${length} bytes`, whole),
        talk(`${opcode} of ${length} bytes in pieces of 997`, ...chopped(whole, 997)),
      ];
    }),
  );
}

function pings(): Case[] {
  const ten = Array.from({ length: 10 }, (_, at) => frame(PING, `ping ${at}`));
  return [
    ...bothWays('an empty ping', frame(PING)),
    ...bothWays('a ping with bytes', frame(PING, Buffer.from([0, 255, 254, 253, 0, 255]))),
    talk('a ping of 125 bytes', frame(PING, Buffer.alloc(125, 254))),
    talk('a ping of 126 bytes', frame(PING, Buffer.alloc(126, 254))),
    talk('a pong that nobody asked for', frame(PONG, 'unsolicited'), frame(PING, 'and a ping')),
    ...bothWays('ten pings', ...ten),
  ];
}

function reserved(): Case[] {
  return [1, 2, 3, 4, 5, 6, 7].flatMap(bits => [
    talk(`reserved bits ${bits}`, frame(TEXT, 'first'), frame(TEXT, 'second', { reserved: bits }), frame(PING)),
    talk(`reserved bits ${bits} in a ping`, frame(PING, 'x', { reserved: bits })),
  ]);
}

function opcodes(): Case[] {
  return [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap(opcode => [
    talk(`opcode ${opcode}`, frame(opcode)),
    talk(`opcode ${opcode} behind a message`, frame(TEXT, 'first'), frame(opcode, 'payload'), frame(PING)),
  ]);
}

function fragmentation(): Case[] {
  const [first, second] = fragments(TEXT, Buffer.from('fragment1fragment2'), 9) as [Buffer, Buffer];
  return [
    talk('a ping in parts', frame(PING, 'a', { isFinal: false }), frame(CONTINUATION, 'b')),
    talk('a pong in parts', frame(PONG, 'a', { isFinal: false }), frame(CONTINUATION, 'b')),
    ...bothWays('a text in two parts', first, second),
    ...bothWays('a ping between two parts', first, frame(PING, 'between'), second),
    ...bothWays('a rest without a beginning', frame(CONTINUATION, 'rest'), frame(TEXT, 'hello')),
    talk('a rest behind a whole message', frame(TEXT, 'hello'), frame(CONTINUATION, 'rest')),
    talk('a message within a message', first, frame(TEXT, 'other')),
    talk(
      'empty parts',
      ...fragments(TEXT, Buffer.alloc(0), 1),
      frame(TEXT, '', { isFinal: false }),
      frame(CONTINUATION),
    ),
    talk('a text in parts of one byte', ...fragments(TEXT, Buffer.from('five µs'), 1)),
  ];
}

function utf8(): Case[] {
  return [
    ...TEXTS.flatMap(text => [
      talk(`valid text ${JSON.stringify(text)}`, frame(TEXT, text)),
      talk(`the same in parts, ${text.length}`, ...fragments(TEXT, Buffer.from(text), 1)),
    ]),
    ...INVALID.flatMap(hex => {
      const bytes = Buffer.from(hex, 'hex');
      return [
        talk(`invalid text ${hex}`, frame(TEXT, bytes)),
        talk(
          `invalid text ${hex} in parts`,
          ...fragments(TEXT, Buffer.concat([Buffer.from('ok'), bytes, Buffer.from('!')]), 1),
        ),
        talk(`${hex} as binary`, frame(BINARY, bytes)),
      ];
    }),
  ];
}

function closing(): Case[] {
  const reasons = ['', 'Hello World!', 'x'.repeat(123), '🚪'];
  return [
    { what: 'a close without a code', writes: [close(null)] },
    { what: 'a close of one byte', writes: [frame(8, 'x')] },
    { what: 'a close that is too long', writes: [close(1_000, 'x'.repeat(124))] },
    { what: 'a close with a reason that is no text', writes: [close(1_000, Buffer.from('cebaff', 'hex'))] },
    { what: 'two closes', writes: [close(), close()] },
    { what: 'a ping behind a close', writes: [close(), frame(PING)] },
    { what: 'a text behind a close', writes: [Buffer.concat([close(), frame(TEXT, 'late')])] },
    {
      what: 'a close within a message',
      writes: [frame(TEXT, 'a', { isFinal: false }), close(), frame(CONTINUATION, 'b')],
    },
    { what: 'a close behind 256 KiB', writes: [frame(TEXT, Buffer.alloc(262_144, 'B')), close(), frame(TEXT, 'late')] },
    ...reasons.map(reason => ({
      what: `a close because of ${reason.length} characters`,
      writes: [close(1_000, reason)],
    })),
    ...[...GOOD_CODES, ...BAD_CODES].map(code => ({ what: `a close with ${code}`, writes: [close(code)] })),
  ];
}

function limits(): Case[] {
  const large = Buffer.alloc(1_048_576, '*');
  return [
    ...[TEXT, BINARY].flatMap(opcode => [
      talk(`1 MiB of ${opcode}`, frame(opcode, large)),
      talk(`1 MiB of ${opcode} in parts of 1 KiB`, ...fragments(opcode, large, 1_024)),
      talk(
        `1 MiB of ${opcode} in parts of 64 KiB and pieces of 10,000`,
        ...chopped(Buffer.concat(fragments(opcode, large, 65_536)), 10_000),
      ),
    ]),
    talk('a frame that is too large', frame(BINARY, Buffer.alloc(16_777_217))),
    talk('1,000 messages', ...Array.from({ length: 1_000 }, (_, at) => frame(TEXT, `message ${at}`))),
    talk(
      '1,000 messages at once',
      Buffer.concat(Array.from({ length: 1_000 }, (_, at) => frame(TEXT, `message ${at}`))),
    ),
  ];
}

/** Of who negotiated permessage-deflate (RFC 7692), as agreed. */
function compressed(agreement: Agreement): Case[] {
  return [0, 16, 1_024, 65_536, 300_000].flatMap(length => {
    const content = Buffer.alloc(length, '{"AutobahnPython": 0.6}');
    const one = new Deflate(agreement);
    const several = new Deflate(agreement);
    const first = one.compress(content);
    return [
      talk(`${length} bytes compressed`, frame(TEXT, first, { reserved: 4 })),
      talk(
        `${length} bytes compressed, a ping between their parts`,
        frame(BINARY, first.subarray(0, 3), { reserved: 4, isFinal: false }),
        frame(PING),
        frame(CONTINUATION, first.subarray(3)),
      ),
      talk(
        `${length} bytes compressed three times, and once as they are`,
        ...[1, 2, 3].map(() => frame(TEXT, several.compress(content), { reserved: 4 })),
        frame(TEXT, content),
      ),
    ];
  });
}

/** What clients offer, and what they say then. */
const OFFERS = [
  'permessage-deflate',
  'permessage-deflate; client_no_context_takeover; server_no_context_takeover',
  'permessage-deflate; client_max_window_bits=9; server_max_window_bits=9',
  'permessage-deflate; client_max_window_bits; server_max_window_bits=15',
  'permessage-deflate; client_no_context_takeover; client_max_window_bits=9; server_no_context_takeover; server_max_window_bits=9',
  'permessage-bzip2; client_max_compress_level=9, permessage-deflate; server_no_context_takeover, permessage-deflate',
];

export const PLAIN: readonly Case[] = [
  framing(),
  pings(),
  reserved(),
  opcodes(),
  fragmentation(),
  utf8(),
  closing(),
  limits(),
].flat();
export const COMPRESSED: readonly { readonly offer: string; readonly cases: readonly Case[] }[] = OFFERS.map(offer => ({
  offer,
  cases: compressed(takeOffer(offer)?.toServer as Agreement),
}));
