// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { HeaderList } from '../../wire/index.ts';
import { type Answer, faceOfResponse, GRPC, HTTP } from './index.ts';

const REDIRECT: Answer = {
  httpStatus: 302,
  grpcStatus: 14,
  message: 'elsewhere: π',
  body: null,
  headers: [['location', 'https://b.test/']],
  reason: 'redirect',
  httpOnly: false,
};

function answer(changes: Partial<Answer>): Answer {
  return { ...REDIRECT, headers: [], ...changes };
}

describe('a face', () => {
  it('has the files that its siblings have, but for what is only its own', () => {
    const filesOf = (face: string): string[] => readdirSync(join(import.meta.dirname, face)).sort();
    assert.deepEqual(filesOf('http'), [
      'attempts.ts',
      'content-type.ts',
      'deadline.ts',
      'face.ts',
      'messages.ts',
      'outcome.ts',
      'own-answer.ts',
      'target.ts',
    ]);
    assert.deepEqual(
      filesOf('grpc').filter(name => name !== 'status-details.ts'),
      filesOf('http'),
    );
  });

  it('says an answer with its headers: gRPC in one head, HTTP in a status and a line of text', () => {
    const [grpc, http] = [GRPC.say(REDIRECT), HTTP.say(REDIRECT)];
    assert.deepEqual(
      [grpc.httpStatus, grpc.names, grpc.values],
      [200, [':status', 'content-type', 'grpc-status'], ['200', 'application/grpc', '14']],
    );
    assert.deepEqual(
      [grpc.fields, grpc.body],
      [['grpc-message', 'elsewhere: %CF%80', 'location', 'https://b.test/'], null],
    );
    assert.deepEqual(
      [http.httpStatus, http.names, http.values],
      [302, [':status', 'content-type'], ['302', 'text/plain; charset=utf-8']],
    );
    assert.deepEqual(
      [http.fields, http.body?.toString()],
      [['content-length', '14', 'location', 'https://b.test/'], 'elsewhere: π\n'],
    );
  });

  it('says a body of its own in HTTP as it is, and nothing of it in gRPC', () => {
    const page = answer({ body: { contentType: 'text/html', bytes: Buffer.from('<p>no</p>') } });
    const [grpc, http] = [GRPC.say(page), HTTP.say(page)];
    assert.deepEqual(
      [http.names, http.values],
      [
        [':status', 'content-type'],
        ['302', 'text/html'],
      ],
    );
    assert.deepEqual([http.fields, http.body?.toString()], [['content-length', '9'], '<p>no</p>']);
    assert.deepEqual([grpc.values, grpc.body], [['200', 'application/grpc', '14'], null]);
  });

  it('says no length where HTTP has none, and ends with the head where there is no body', () => {
    const nothing = { contentType: '', bytes: Buffer.alloc(0) };
    const fieldsOf = (httpStatus: number): unknown => HTTP.say(answer({ httpStatus, body: nothing })).fields;
    assert.deepEqual([fieldsOf(200), fieldsOf(204), fieldsOf(304)], [['content-length', '0'], null, null]);
    const { names, body } = HTTP.say(answer({ httpStatus: 204, body: nothing }));
    assert.deepEqual([names, body], [[':status'], null]);
  });

  it('quotes no more than a kibibyte of what a client sent', () => {
    const long = answer({ message: 'x'.repeat(5_000) });
    assert.equal(HTTP.say(long).body?.length, 1_025);
    assert.equal(GRPC.say(long).fields?.[1]?.length, 1_024);
  });

  it('ends a response that has begun with trailers in gRPC, and cannot in HTTP', () => {
    const end = GRPC.sayAtEnd(answer({ grpcStatus: 14 }));
    assert.deepEqual([end?.names, end?.values, end?.isLate], [['grpc-status'], ['14'], false]);
    assert.equal(GRPC.sayAtEnd(answer({ grpcStatus: 4 }))?.isLate, true);
    assert.equal(HTTP.sayAtEnd(REDIRECT), null);
  });

  it('advises a gRPC client to try again only where that may help', () => {
    const names = (reason: string): readonly string[] => GRPC.say(answer({ grpcStatus: 8, reason })).fields ?? [];
    assert.ok(names('overload').includes('grpc-status-details-bin'));
    assert.ok(!names('header_limit').includes('grpc-status-details-bin'));
  });

  it('tells a gRPC client by a code why no server was asked for the method', () => {
    const fields = GRPC.say(answer({ grpcStatus: 12, message: 'm', reason: 'no_listener' })).fields ?? [];
    const status = Buffer.from(fields[fields.indexOf('grpc-status-details-bin') + 1] ?? '', 'base64').toString(
      'latin1',
    );
    assert.equal(
      status,
      '\x08\x0c\x12\x01m\x1aE\n(type.googleapis.com/google.rpc.ErrorInfo\x12\x19\n\x0bno_listener\x12\ndaemun.dev',
    );
  });

  it('reads a deadline from grpc-timeout and writes it there, for gRPC alone', () => {
    const fields = ['grpc-timeout', '2S', 'x-request-id', '1'];
    assert.deepEqual([GRPC.deadlineOf(fields), HTTP.deadlineOf(fields)], [2_000, undefined]);
    assert.equal(GRPC.deadlineOf(null), undefined);
    assert.deepEqual(GRPC.withDeadline(fields, 500), ['x-request-id', '1', 'grpc-timeout', '500000u']);
    assert.equal(HTTP.withDeadline(fields, 500), fields);
    assert.equal(HTTP.withDeadline(null, 500), null);
  });

  it('reads the status of a call from its trailers, for gRPC alone', () => {
    const trailers = new HeaderList(['grpc-status'], ['7']);
    assert.deepEqual([GRPC.statusIn(trailers), HTTP.statusIn(trailers)], [7, null]);
    assert.equal(GRPC.statusIn(new HeaderList([], [])), null);
    assert.equal(GRPC.statusIn(new HeaderList(['grpc-status'], ['x'])), null);
    assert.deepEqual([GRPC.statusOfHttp(503), HTTP.statusOfHttp(503)], [14, null]);
  });

  it('is that of the content type of a response', () => {
    const head = (type: string): HeaderList => new HeaderList([':status', 'content-type'], ['200', type]);
    assert.equal(faceOfResponse(head('application/grpc+proto')), GRPC);
    assert.equal(faceOfResponse(head('text/html')), HTTP);
    assert.equal(faceOfResponse(head('application/grpc-web')), HTTP);
  });
});
