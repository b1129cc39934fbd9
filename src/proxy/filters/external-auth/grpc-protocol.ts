// SPDX-License-Identifier: Apache-2.0

import type { GrpcAuth } from '../../../snapshot/index.ts';
import { type HeaderList, type HeaderListPool, parseGrpcStatus } from '../../../wire/index.ts';
import type { WholeAnswer, WholeRequest } from '../../upstream/index.ts';
import { LOOP_MARKS, withOwnMark } from '../loop-mark.ts';
import type { AuthProtocol, AuthSubject, AuthVerdict } from './auth-protocol.ts';
import { encodeCheck, encodeList } from './check-request.ts';
import { readCheckResponse } from './check-response.ts';

const METHOD = '/envoy.service.auth.v3.Authorization/Check';
const PREFIX_BYTES = 5;
/** Beside what is encoded for a list: its place in the map. */
const MEMO_BYTES = 128;

/** Asks as Envoy does: one call of `envoy.service.auth.v3.Authorization/Check`. */
export class GrpcAuthProtocol implements AuthProtocol {
  readonly kind = 'grpc';
  readonly #lists: HeaderListPool;
  readonly #head: HeaderList;
  readonly #tells: (name: string) => boolean;
  /** What `encodeList` made of a request's list. */
  readonly #listed = new WeakMap<HeaderList, Buffer>();

  constructor({ authority, allowedHeaders }: GrpcAuth, lists: HeaderListPool) {
    this.#lists = lists;
    this.#head = lists.intern(
      [':method', ':scheme', ':path', ':authority', 'content-type', 'te'],
      ['POST', 'http', METHOD, authority, 'application/grpc', 'trailers'],
    );
    const allowed = allowedHeaders === null ? null : new Set(allowedHeaders);
    this.#tells = name => (allowed === null ? name !== 'te' : allowed.has(name));
  }

  ask(subject: AuthSubject): WholeRequest {
    let listed = this.#listed.get(subject.list);
    if (listed === undefined) {
      listed = encodeList(subject.list, this.#tells);
      this.#listed.set(subject.list, listed);
      this.#lists.charge(MEMO_BYTES + listed.length);
    }
    const fields = [LOOP_MARKS, withOwnMark(subject.list)];
    return { head: this.#head, fields, body: encodeCheck(subject, listed, this.#tells) };
  }

  judge({ head, body, trailers }: WholeAnswer): AuthVerdict {
    const httpStatus = head.get(':status');
    if (httpStatus !== '200') return { kind: 'failed', detail: `answered with HTTP ${httpStatus}` };
    const status = parseGrpcStatus((trailers ?? head).get('grpc-status'));
    if (status !== 0) return { kind: 'failed', detail: `ended the call with ${status ?? 'no'} status` };
    if (body.length < PREFIX_BYTES || body[0] !== 0 || body.readUInt32BE(1) !== body.length - PREFIX_BYTES)
      return { kind: 'failed', detail: 'sent what is not one message' };
    return readCheckResponse(body.subarray(PREFIX_BYTES));
  }
}
