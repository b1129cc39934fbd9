// SPDX-License-Identifier: Apache-2.0

/** A request that two readers might read in two ways, or that no client may send. */
export interface RefusedRow {
  readonly what: string;
  readonly bytes: string;
  readonly status: 400 | 414 | 431 | 501 | 505;
}

/** A request that is unusual and sound: how many a reader finds in its bytes, and the body of the first. */
export interface SoundRow {
  readonly what: string;
  readonly bytes: string;
  readonly requests: number;
  readonly body: string;
}

const NEXT = 'GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n';

function post(fields: string, body: string): string {
  return `POST / HTTP/1.1\r\nHost: a.example\r\n${fields}\r\n${body}`;
}

function get(fields: string): string {
  return `GET / HTTP/1.1\r\nHost: a.example\r\n${fields}\r\n`;
}

function line(text: string): string {
  return `${text}\r\nHost: a.example\r\n\r\n`;
}

function chunked(body: string): string {
  return post('Transfer-Encoding: chunked\r\n', body);
}

const FRAMING: readonly (readonly [string, string])[] = [
  ['CL.TE', post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${NEXT}`)],
  ['TE.CL', post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `2c\r\n${NEXT}\r\n0\r\n\r\n`)],
  ['CL.TE with equal ends', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['TE.TE, the second unknown', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n', '0\r\n\r\n')],
  ['TE.TE, the first unknown', post('Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['TE twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['TE list with chunked last', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
  ['TE list with chunked first', post('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n')],
  ['TE chunked twice in a list', post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n')],
  ['TE identity', post('Transfer-Encoding: identity\r\n', '')],
  ['TE xchunked', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n')],
  ['TE "chunked"', post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n')],
  ['TE chunked with a parameter', post('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n')],
  ['TE with a comma behind', post('Transfer-Encoding: chunked,\r\n', '0\r\n\r\n')],
  ['TE with a comma before', post('Transfer-Encoding: ,chunked\r\n', '0\r\n\r\n')],
  ['TE that is empty', post('Transfer-Encoding:\r\n', '0\r\n\r\n')],
  ['TE with a vertical tab', post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n')],
  ['TE in a folded line', post('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n')],
  ['TE in HTTP/1.0', 'POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  [
    'TE that Connection takes away',
    post('Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  ],
  ['CL that Connection takes away', post('Connection: close, Content-Length\r\nContent-Length: 5\r\n', 'hello')],
  ['Connection with 65 options', get(`Connection: ${'a,'.repeat(64)}b\r\n`)],
  ['Connection with 66 options in two fields', get(`Connection: ${'a,'.repeat(32)}b\r\n`.repeat(2))],
  ['Host that Connection takes away', get('Connection: host\r\n')],
  ['CL twice, equal', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello')],
  ['CL twice, different', post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello!')],
  ['CL list, equal', post('Content-Length: 5, 5\r\n', 'hello')],
  ['CL list, different', post('Content-Length: 5, 6\r\n', 'hello!')],
  ['CL +5', post('Content-Length: +5\r\n', 'hello')],
  ['CL -5', post('Content-Length: -5\r\n', 'hello')],
  ['CL 0x5', post('Content-Length: 0x5\r\n', 'hello')],
  ['CL 5.0', post('Content-Length: 5.0\r\n', 'hello')],
  ['CL 5e0', post('Content-Length: 5e0\r\n', 'hello')],
  ['CL 5 0', post('Content-Length: 5 0\r\n', 'hello')],
  ['CL with a unit', post('Content-Length: 5b\r\n', 'hello')],
  ['CL that is empty', post('Content-Length:\r\n', '')],
  ['CL with a comma', post('Content-Length: 5,\r\n', 'hello')],
  ['CL over 2^53', post('Content-Length: 9007199254740993\r\n', 'hello')],
  ['CL over 2^64', post('Content-Length: 18446744073709551621\r\n', 'hello')],
  ['CL with a space before the colon', post('Content-Length : 5\r\n', 'hello')],
  ['CL with a tab before the colon', post('Content-Length\t: 5\r\n', 'hello')],
  ['CL in a folded line', post('Content-Length:\r\n 5\r\n', 'hello')],
];

const CHUNKS: readonly (readonly [string, string])[] = [
  ['a chunk size with a sign', chunked('+5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size below zero', chunked('-5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size with 0x', chunked('0x5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size behind a space', chunked(' 5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size before a space', chunked('5 \r\nhello\r\n0\r\n\r\n')],
  ['a chunk size before a tab', chunked('5\t;a\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size that is no number', chunked('g\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size that is missing', chunked('\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size that is missing before an extension', chunked(';a=b\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size over 2^48', chunked('1000000000005\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size over 2^64', chunked('10000000000000005\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size with an underscore', chunked('1_0\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size before LF alone', chunked('5\nhello\r\n0\r\n\r\n')],
  ['a chunk size before CR alone', chunked('5\rhello\r\n0\r\n\r\n')],
  ['a chunk size before CR CR LF', chunked('5\r\r\nhello\r\n0\r\n\r\n')],
  ['a chunk that is longer than it says', chunked('4\r\nhello\r\n0\r\n\r\n')],
  ['a chunk that is shorter than it says', chunked('6\r\nhello\r\n0\r\n\r\n')],
  ['chunk data before LF alone', chunked('5\r\nhello\n0\r\n\r\n')],
  ['chunk data before CR alone', chunked('5\r\nhello\r0\r\n\r\n')],
  ['LF in a chunk extension', chunked('5;a\nb\r\nhello\r\n0\r\n\r\n')],
  ['CR in a chunk extension', chunked('5;a\rb\r\nhello\r\n0\r\n\r\n')],
  ['NUL in a chunk extension', chunked('5;a\0\r\nhello\r\n0\r\n\r\n')],
  ['a chunk extension over the limit', chunked(`5;${'a'.repeat(300)}\r\nhello\r\n0\r\n\r\n`)],
  ['chunk extensions over the limit', chunked(`${`1;${'a'.repeat(200)}\r\nx\r\n`.repeat(100)}0\r\n\r\n`)],
  ['the last chunk before LF alone', chunked('0\n\r\n')],
  ['trailers that end with LF alone', chunked('0\r\nx: y\n\n')],
  ['a folded trailer', chunked('0\r\nx: y\r\n z\r\n\r\n')],
  ['a trailer with a length', chunked('0\r\nContent-Length: 5\r\n\r\n')],
  ['a trailer with a coding', chunked('0\r\nTransfer-Encoding: chunked\r\n\r\n')],
  ['a trailer with a host', chunked('0\r\nHost: b.example\r\n\r\n')],
  ['trailers over the limit', chunked(`0\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`)],
];

const LINES: readonly (readonly [string, string])[] = [
  ['LF alone after the request line', 'GET / HTTP/1.1\nHost: a.example\r\n\r\n'],
  ['LF alone everywhere', 'GET / HTTP/1.1\nHost: a.example\n\n'],
  ['LF alone after a field', get('X: y\nZ: w\r\n')],
  ['LF alone as the empty line', 'GET / HTTP/1.1\r\nHost: a.example\r\n\n'],
  ['CR alone after a field', get('X: y\rZ: w\r\n')],
  ['CR alone in a value', get('X: y\rz\r\n')],
  ['CR before CR LF', get('X: y\r\r\n')],
  ['NUL in a value', get('X: y\0z\r\n')],
  ['NUL in a name', get('X\0Y: z\r\n')],
  ['NUL in the target', line('GET /\0 HTTP/1.1')],
  ['a control character in a value', get('X: y\x01z\r\n')],
  ['DEL in a value', get('X: y\x7fz\r\n')],
  ['a folded line by a space', get('X: y\r\n z\r\n')],
  ['a folded line by a tab', get('X: y\r\n\tz\r\n')],
  ['a folded first line', 'GET / HTTP/1.1\r\n Host: a.example\r\n\r\n'],
  ['a space before the colon', get('X : y\r\n')],
  ['a tab before the colon', get('X\t: y\r\n')],
  ['a space in a name', get('X Y: z\r\n')],
  ['a name that is empty', get(': y\r\n')],
  ['a line without a colon', get('X\r\n')],
  ['a byte over 127 in a name', get('X\x80: y\r\n')],
  ['a slash in a name', get('X/Y: z\r\n')],
  ['parentheses in a name', get('X(Y): z\r\n')],
  ['a space in the target', line('GET /a b HTTP/1.1')],
  ['a tab in the target', line('GET /a\tb HTTP/1.1')],
  ['a fragment', line('GET /a#b HTTP/1.1')],
  ['two spaces before the target', line('GET  / HTTP/1.1')],
  ['two spaces after the target', line('GET /  HTTP/1.1')],
  ['a tab before the target', line('GET\t/ HTTP/1.1')],
  ['a space before the method', line(' GET / HTTP/1.1')],
  ['a space after the version', line('GET / HTTP/1.1 ')],
  ['a method that is no token', line('G@T / HTTP/1.1')],
  ['a method that is missing', line('/ HTTP/1.1')],
  ['a target that is missing', line('GET HTTP/1.1')],
  ['a version that is missing', line('GET /')],
  ['a version in lower case', line('GET / http/1.1')],
  ['a version of another protocol', line('GET / HTTQ/1.1')],
  ['a version without a dot', line('GET / HTTP/11 ')],
  ['a version of too many digits', line('GET / HTTP/1.10')],
  ['a version with a zero before', line('GET / HTTP/01.1')],
  ['a target without a slash', line('GET a HTTP/1.1')],
  ['an asterisk with GET', line('GET * HTTP/1.1')],
  ['an authority with GET', line('GET a.example:80 HTTP/1.1')],
  ['an empty line too many', `\r\n\r\n${get('')}`],
  ['LF alone before the request', `\n${get('')}`],
  ['CR alone before the request', `\r${get('')}`],
];

const HOSTS: readonly (readonly [string, string])[] = [
  ['no Host', 'GET / HTTP/1.1\r\nX: y\r\n\r\n'],
  ['Host twice, equal', get('Host: a.example\r\n')],
  ['Host twice, different', get('Host: b.example\r\n')],
  ['Host twice in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a.example\r\nHost: b.example\r\n\r\n'],
  ['Host that is empty', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
  ['Host with a user', 'GET / HTTP/1.1\r\nHost: a.example@b.example\r\n\r\n'],
  ['Host with a path', 'GET / HTTP/1.1\r\nHost: a.example/b\r\n\r\n'],
  ['Host that is a list', 'GET / HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n'],
  ['Host with a space', 'GET / HTTP/1.1\r\nHost: a.example b.example\r\n\r\n'],
  ['Host with two ports', 'GET / HTTP/1.1\r\nHost: a.example:80:80\r\n\r\n'],
  ['Host with a space before the colon', 'GET / HTTP/1.1\r\nHost : a.example\r\n\r\n'],
  ['absolute form and another Host', 'GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n'],
  ['absolute form and another port', 'GET http://a.example:81/ HTTP/1.1\r\nHost: a.example\r\n\r\n'],
  ['absolute form without Host', 'GET http://a.example/ HTTP/1.1\r\n\r\n'],
  ['absolute form with a user', 'GET http://u@a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n'],
  ['absolute form without an authority', 'GET http:///x HTTP/1.1\r\nHost: a.example\r\n\r\n'],
  ['absolute form of another scheme', 'GET https://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n'],
  ['absolute form of an unknown scheme', 'GET ftp://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n'],
];

function rows(status: RefusedRow['status'], pairs: readonly (readonly [string, string])[]): readonly RefusedRow[] {
  return pairs.map(([what, bytes]) => ({ what, bytes, status }));
}

export const REFUSED: readonly RefusedRow[] = [
  ...rows(400, FRAMING),
  ...rows(400, CHUNKS),
  ...rows(400, LINES),
  ...rows(400, HOSTS),
  ...rows(505, [
    ['HTTP/2.0', line('GET / HTTP/2.0')],
    ['HTTP/0.9', line('GET / HTTP/0.9')],
    ['HTTP/1.2', line('GET / HTTP/1.2')],
    ['HTTP/3.1', line('GET / HTTP/3.1')],
  ]),
  ...rows(501, [['CONNECT', line('CONNECT a.example:443 HTTP/1.1')]]),
  ...rows(414, [
    ['a target over the limit', line(`GET /${'a'.repeat(8_200)} HTTP/1.1`)],
    ['a line that does not end', `GET /${'a'.repeat(70_000)}`],
  ]),
  ...rows(431, [
    ['a head over the limit', get(`X: ${'y'.repeat(70_000)}\r\n`)],
    ['a head over the limit that does not end', get('X: y\r\n').slice(0, -2) + 'X: y\r\n'.repeat(12_000)],
    ['too many fields', get('X: y\r\n'.repeat(200))],
  ]),
];

export const SOUND: readonly SoundRow[] = [
  { what: 'Connection with 64 options', bytes: get(`Connection: ${'a,'.repeat(63)}b\r\n`), requests: 1, body: '' },
  { what: 'an empty line before', bytes: `\r\n${get('')}`, requests: 1, body: '' },
  { what: 'an empty line between', bytes: `${get('')}\r\n${get('')}`, requests: 2, body: '' },
  {
    what: 'Transfer-Encoding in any case',
    bytes: post('transfer-ENCODING: CHUNKED\r\n', '1\r\nx\r\n0\r\n\r\n'),
    requests: 1,
    body: 'x',
  },
  { what: 'a chunk size with zeros before', bytes: chunked('005\r\nhello\r\n00\r\n\r\n'), requests: 1, body: 'hello' },
  {
    what: 'a chunk size in any case',
    bytes: chunked('a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n'),
    requests: 1,
    body: '01234567890123456789',
  },
  { what: 'chunk extensions', bytes: chunked('5;a=b;c="d;\\"e"\r\nhello\r\n0;z\r\n\r\n'), requests: 1, body: 'hello' },
  { what: 'a request in a body', bytes: post(`Content-Length: ${NEXT.length}\r\n`, NEXT), requests: 1, body: NEXT },
  {
    what: 'a request in a chunk',
    bytes: chunked(`${NEXT.length.toString(16)}\r\n${NEXT}\r\n0\r\n\r\n`),
    requests: 1,
    body: NEXT,
  },
  { what: 'a request after a body', bytes: `${post('Content-Length: 2\r\n', 'ab')}${NEXT}`, requests: 2, body: 'ab' },
  {
    what: 'a request after trailers',
    bytes: `${chunked('2\r\nab\r\n0\r\nx: y\r\n\r\n')}${NEXT}`,
    requests: 2,
    body: 'ab',
  },
  { what: 'a body with GET', bytes: `${get('Content-Length: 2\r\n')}ab`, requests: 1, body: 'ab' },
  { what: 'Content-Length: 0', bytes: `${post('Content-Length: 0\r\n', '')}${NEXT}`, requests: 2, body: '' },
  { what: 'a length with zeros before', bytes: post('Content-Length: 0005\r\n', 'hello'), requests: 1, body: 'hello' },
  { what: 'bytes over 127 in a value', bytes: get('X: \xe9\xff\r\n'), requests: 1, body: '' },
  { what: 'an unusual method', bytes: line("M-SEARCH!#$%&'*+.^_`|~ / HTTP/1.1"), requests: 1, body: '' },
  {
    what: 'an unusual target',
    bytes: line('GET /%01?"<>\\^`{|}[]@:;=, HTTP/1.1').replace(', ', ' '),
    requests: 1,
    body: '',
  },
  { what: 'tabs around a value', bytes: get('X:\t y \t\r\n'), requests: 1, body: '' },
  {
    what: 'absolute form',
    bytes: 'GET http://A.example:80/ HTTP/1.1\r\nHost: a.example\r\n\r\n',
    requests: 1,
    body: '',
  },
  { what: '199 fields beside Host', bytes: get('X: y\r\n'.repeat(199)), requests: 1, body: '' },
];
