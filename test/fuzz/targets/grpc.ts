// SPDX-License-Identifier: Apache-2.0

/**
 * What a gRPC request and its messages carry: paths, authorities, timeouts, statuses, messages, content types as the text
 * of the input, and its bytes as DATA. Promised: no exception; values survive being written and read; a count does not
 * depend on how DATA is cut.
 */
import { grpcPathFault, splitGrpcPath } from '../../../src/match/grpc/grpc-path.ts';
import { isAuthority, isSameAuthority } from '../../../src/values/index.ts';
import { isGrpcContentType } from '../../../src/wire/grpc/content-type.ts';
import { MessageCounter } from '../../../src/wire/grpc/frames.ts';
import { decodeGrpcMessage, encodeGrpcMessage } from '../../../src/wire/grpc/message.ts';
import { parseGrpcStatus } from '../../../src/wire/grpc/status.ts';
import { formatGrpcTimeout, parseGrpcTimeout } from '../../../src/wire/grpc/timeout.ts';
import { type FuzzTarget, promise } from '../target.ts';

const HOSTS = ['a.example.com', 'a.example.com:8443', '[::1]:80', '127.0.0.1', 'a_b.c.', 'a:', '[::ffff:1.2.3.4]'];
const PATHS = ['/pkg.Service/Method', '/a/b?c', '/a/..', '/%41/b', '//', '/a/b/c'];
const TIMEOUTS = ['1H', '99999999n', '5S', '0u'];
const REST = ['application/grpc+proto', 'application/grpc ; a=b', 'caf%C3%A9 100%', '16', 'grüße 𝄞 '];

export const grpcTarget: FuzzTarget = {
  name: 'grpc',
  dictionary: ['%', '%41', '..', ':', '[', ']', '@', ';', '+', '.', '/', ' ', '\t', 'application/grpc']
    .map(text => Buffer.from(text))
    .concat(Buffer.from([0, 0, 0, 0, 1]), Buffer.from([1, 0xff, 0xff, 0xff, 0xff])),
  seeds: [...HOSTS, ...PATHS, ...TIMEOUTS, ...REST]
    .map(text => Buffer.from(text))
    .concat(Buffer.from([0, 0, 0, 0, 2, 7, 7, 1, 0, 0, 0, 0, 0, 0])),
  run(input) {
    const text = input.toString('latin1');
    readPath(text);
    readAuthority(text);
    readTimeout(text);
    const status = parseGrpcStatus(text);
    promise(status === undefined || (Number.isInteger(status) && status >= 0), 'a status is a whole number');
    promise(isGrpcContentType(text) === isGrpcContentType(text.toUpperCase()), 'case makes no difference');
    readMessage(input);
    countMessages(input);
  },
};

function readPath(text: string): void {
  const path = splitGrpcPath(text);
  promise((path === null) === (grpcPathFault(text) !== undefined), 'a path has a fault or names a method');
  if (path !== null) promise(`/${path.service}/${path.method}` === text, 'a path is its service and its method');
}

function readAuthority(text: string): void {
  promise(isSameAuthority(text, text.toLowerCase(), 'https'), 'case makes no difference');
  if (!isAuthority(text)) return;
  promise(
    /^[\x21-\x7e]+$/.test(text) && !/[@/?#%\\,]/.test(text),
    'an authority holds nothing that means something else',
  );
}

function readTimeout(text: string): void {
  const timeoutMs = parseGrpcTimeout(text);
  if (timeoutMs === undefined) return;
  const again = parseGrpcTimeout(formatGrpcTimeout(timeoutMs));
  promise(again !== undefined && again >= timeoutMs * (1 - 1e-12), 'a deadline does not become shorter');
}

function readMessage(input: Buffer): void {
  decodeGrpcMessage(input.toString('latin1'));
  const text = input.toString('utf8');
  const encoded = encodeGrpcMessage(text);
  promise(/^[\x20-\x7e]*$/.test(encoded) && encoded.trim() === encoded, 'a message is a field value');
  promise(decodeGrpcMessage(encoded) === text, 'a message survives');
}

function countMessages(input: Buffer): void {
  const whole = new MessageCounter();
  whole.feed(input, 0, input.length);
  const cut = new MessageCounter();
  const size = 1 + (input.length % 7);
  for (let at = 0; at < input.length; at += size) cut.feed(input, at, Math.min(input.length, at + size));
  promise(whole.messages === cut.messages && whole.isWhole === cut.isWhole, 'a count does not depend on the cuts');
}
