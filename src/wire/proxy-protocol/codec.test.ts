// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addressText } from './address-bytes.ts';
import { readProxyHeader, writeProxyHeader } from './codec.ts';
import { crc32c } from './crc32c.ts';
import type { ProxyHeader, ProxyHeaderRead } from './header.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const V4_ENDS = 'c0000201c6336402dc0401bb';

function readText(line: string): ProxyHeaderRead {
  return readProxyHeader(Buffer.from(line, 'latin1'));
}

/** Version 2 from command, family and what follows the length, in hexadecimal. */
function header2(commandAndFamily: string, variable: string): Buffer {
  const length = (variable.length / 2).toString(16).padStart(4, '0');
  return Buffer.from(`${SIGNATURE}${commandAndFamily}${length}${variable}`, 'hex');
}

function whole(header: ProxyHeader, length: number): ProxyHeaderRead {
  return { kind: 'read', header, length };
}

const V4: ProxyHeader = {
  kind: 'proxied',
  source: { address: '192.0.2.1', port: 56_324 },
  destination: { address: '198.51.100.2', port: 443 },
};

describe('version 1 of the PROXY protocol', () => {
  it('is a line of six words', () => {
    const line = 'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n';
    assert.deepEqual(readText(`${line}GET / HTTP/1.1`), whole(V4, line.length));
    assert.deepEqual(readText('PROXY TCP6 2001:DB8:0::1 ::1 1 65535\r\n'), {
      kind: 'read',
      length: 38,
      header: {
        kind: 'proxied',
        source: { address: '2001:db8::1', port: 1 },
        destination: { address: '::1', port: 65_535 },
      },
    });
  });

  it('may know nothing of the client, whatever follows the word', () => {
    assert.deepEqual(readText('PROXY UNKNOWN\r\n'), whole({ kind: 'local' }, 15));
    assert.deepEqual(readText('PROXY UNKNOWN ffff::1 a b c d\r\nx'), whole({ kind: 'local' }, 31));
  });

  it('has no other form', () => {
    for (const line of [
      'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\n',
      'PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n',
      'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 \r\n',
      'PROXY TCP4  192.0.2.1 198.51.100.2 56324 443\r\n',
      'PROXY TCP4 192.0.2.01 198.51.100.2 56324 443\r\n',
      'PROXY TCP4 192.0.2 198.51.100.2 56324 443\r\n',
      'PROXY TCP4 ::1 ::1 56324 443\r\n',
      'PROXY TCP6 192.0.2.1 198.51.100.2 56324 443\r\n',
      'PROXY TCP6 fe80::1%eth0 ::1 56324 443\r\n',
      'PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n',
      'PROXY TCP4 192.0.2.1 198.51.100.2 056324 443\r\n',
      'PROXY TCP4 192.0.2.1 198.51.100.2 +1 443\r\n',
      'PROXY UDP4 192.0.2.1 198.51.100.2 56324 443\r\n',
      'PROXY \r\n',
      `PROXY UNKNOWN ${'x'.repeat(107)}\r\n`,
    ])
      assert.equal(readText(line).kind, 'malformed', line);
  });

  it('is waited for up to 107 bytes', () => {
    const longest = `PROXY UNKNOWN ${'x'.repeat(91)}\r\n`;
    assert.equal(longest.length, 107);
    assert.equal(readText(longest).kind, 'read');
    assert.equal(readText(longest.slice(0, 106)).kind, 'incomplete');
    assert.equal(readText(`${longest.slice(0, 106)}x`).kind, 'malformed');
  });
});

describe('version 2 of the PROXY protocol', () => {
  it('has addresses of IPv4 and IPv6', () => {
    assert.deepEqual(readProxyHeader(Buffer.concat([header2('2111', V4_ENDS), Buffer.from('x')])), whole(V4, 28));
    const v6 = `20010db8${'0'.repeat(22)}01${'0'.repeat(31)}100500051`;
    assert.deepEqual(readProxyHeader(header2('2121', v6)), {
      kind: 'read',
      length: 52,
      header: {
        kind: 'proxied',
        source: { address: '2001:db8::1', port: 80 },
        destination: { address: '::1', port: 81 },
      },
    });
  });

  it('takes an IPv4 address within IPv6 for what it is', () => {
    const mapped = `${'0'.repeat(20)}ffffc0000201`;
    const read = readProxyHeader(header2('2121', `${mapped}${mapped}00010002`));
    assert.equal(read.kind === 'read' && read.header.kind === 'proxied' && read.header.source.address, '192.0.2.1');
  });

  it('knows nothing of the client when the proxy speaks for itself, or of sockets that have no such address', () => {
    for (const [command, variable] of [
      ['2000', ''],
      ['2011', V4_ENDS],
      ['20ff', 'aabb'],
      ['2100', ''],
      ['2100', '040001aa'],
      ['2131', '00'.repeat(216)],
    ] as const) {
      const bytes = header2(command, variable);
      assert.deepEqual(readProxyHeader(bytes), whole({ kind: 'local' }, bytes.length), command);
    }
  });

  it('skips fields, but they must be whole', () => {
    const bytes = header2('2111', `${V4_ENDS}0400026162050000`);
    assert.deepEqual(readProxyHeader(bytes), whole(V4, bytes.length));
    for (const cut of ['04', '0400', '040002', '04000261'])
      assert.equal(readProxyHeader(header2('2111', V4_ENDS + cut)).kind, 'malformed', cut);
  });

  it('is refused when its checksum is wrong', () => {
    const zeroed = header2('2111', `${V4_ENDS}03000400000000`);
    const right = Buffer.from(zeroed);
    right.writeUInt32BE(crc32c(zeroed), right.length - 4);
    assert.deepEqual(readProxyHeader(right), whole(V4, right.length));
    for (const at of [16, 20, right.length - 1]) {
      const wrong = Buffer.from(right);
      wrong[at] = (wrong[at] as number) ^ 1;
      assert.equal(readProxyHeader(wrong).kind, 'malformed', String(at));
    }
    assert.equal(readProxyHeader(header2('2111', `${V4_ENDS}030002abcd`)).kind, 'malformed');
  });

  it('has no other versions, commands and protocols, and no room for less than its addresses', () => {
    for (const [command, variable] of [
      ['1111', V4_ENDS],
      ['3111', V4_ENDS],
      ['2211', V4_ENDS],
      ['2113', V4_ENDS],
      ['2141', V4_ENDS],
      ['2110', V4_ENDS],
      ['2111', V4_ENDS.slice(2)],
      ['2121', V4_ENDS],
      ['2131', '00'.repeat(215)],
    ] as const)
      assert.equal(readProxyHeader(header2(command, variable)).kind, 'malformed', command + variable.length);
  });

  it('is 4 KiB and its fixed part at most, which is known before it came', () => {
    const field = (bytes: number): string => `04${(bytes - 3).toString(16).padStart(4, '0')}${'00'.repeat(bytes - 3)}`;
    assert.equal(readProxyHeader(header2('2100', field(4_096))).kind, 'read');
    assert.equal(readProxyHeader(header2('2100', field(4_097)).subarray(0, 16)).kind, 'malformed');
  });
});

describe('the first bytes of a connection', () => {
  it('are no header when neither version begins like that', () => {
    for (const text of ['GET / HTTP/1.1\r\n', 'PROXYTCP4', '\r\n\r\n\0\r\nQUIT\r', '\x16\x03\x01', 'P\0'])
      assert.equal(readText(text).kind, 'absent', JSON.stringify(text));
  });

  it('are waited for while they may become one', () => {
    assert.equal(readText('').kind, 'incomplete');
    for (const bytes of [Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n'), header2('2111', V4_ENDS)])
      for (let length = 0; length < bytes.length; length++)
        assert.deepEqual(readProxyHeader(bytes.subarray(0, length)), { kind: 'incomplete' }, String(length));
  });

  it('never make it throw, and more of them change no answer', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.constantFrom('PROXY ', 'PROXY TCP4 ', 'PROXY TCP6 '), fc.string({ maxLength: 120 }))
        .map(([start, rest]) => Buffer.from(start + rest)),
      fc
        .tuple(fc.constantFrom(0x20, 0x21, 0x22), fc.nat(0xff), fc.uint8Array({ maxLength: 60 }))
        .map(([command, family, rest]) =>
          Buffer.concat([Buffer.from(SIGNATURE, 'hex'), Buffer.of(command, family, 0, rest.length), rest]),
        ),
    );
    fc.assert(
      fc.property(bytes, fc.nat(60), (input, cut) => {
        const all = Buffer.from(input);
        const early = readProxyHeader(all.subarray(0, cut));
        if (early.kind !== 'incomplete') assert.deepEqual(readProxyHeader(all), early);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are read as they were written', () => {
    const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(addressText);
    const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(addressText);
    const ends = fc.oneof(fc.tuple(v4, v4), fc.tuple(v6, v6));
    const port = fc.nat(65_535);
    fc.assert(
      fc.property(ends, port, port, fc.constantFrom('v1', 'v2'), ([from, to], fromPort, toPort, version) => {
        const header = {
          kind: 'proxied',
          source: { address: from, port: fromPort },
          destination: { address: to, port: toPort },
        } as const;
        const bytes = writeProxyHeader(version, header);
        assert.deepEqual(readProxyHeader(Buffer.concat([bytes, Buffer.from('rest')])), whole(header, bytes.length));
      }),
    );
  });

  it('of a proxy that speaks for itself, or between two families, say so', () => {
    for (const version of ['v1', 'v2'] as const) {
      const bytes = writeProxyHeader(version, { kind: 'local' });
      assert.deepEqual(readProxyHeader(bytes), whole({ kind: 'local' }, bytes.length));
    }
    const mixed = {
      kind: 'proxied',
      source: { address: '192.0.2.1', port: 1 },
      destination: { address: '2001:db8::1', port: 2 },
    } as const;
    assert.equal(writeProxyHeader('v1', mixed).toString(), 'PROXY UNKNOWN\r\n');
    assert.deepEqual(readProxyHeader(writeProxyHeader('v2', mixed)), whole(mixed, 52));
  });

  it('have the checksum that RFC 3720 has', () => {
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });
});
