// SPDX-License-Identifier: Apache-2.0

import { fieldSeparator, GrpcPath, type RequestView } from '../../match/index.ts';
import { hostOfAuthority, isDroppedAtEdge } from '../../values/index.ts';
import { type HeaderList, joinedField, type VolatileFields } from '../../wire/index.ts';
import type { RequestHead } from './target-decisions.ts';

/** What a request is for, by whatever name its version of HTTP says it: lower case, without port. '': it does not say. */
export function hostOf(head: HeaderList): string {
  return hostOfAuthority(head.get(':authority') ?? head.get('host') ?? '');
}

/** A request's fields as routing looks at them: the header list and the per-request fields. Used for one match, then dropped. */
export class HeadView implements RequestView {
  readonly method: string;
  readonly path: string;
  readonly isGrpc: boolean;
  readonly called: GrpcPath | null;
  readonly #request: RequestHead;
  readonly #fields: VolatileFields;
  /** The header asked for last: rules that are tried in a row tend to look at the same one. */
  #lastName = '';
  #lastValue: string | undefined = undefined;

  /** `path`: the target as the request's face reads it. */
  constructor(request: RequestHead, fields: VolatileFields, path: string) {
    this.method = request.head.get(':method') ?? '';
    this.path = path;
    this.isGrpc = request.face.name === 'grpc';
    this.called = this.isGrpc && path !== '' ? new GrpcPath(path) : null;
    this.#request = request;
    this.#fields = fields;
  }

  header(name: string): string | undefined {
    if (name !== this.#lastName) {
      this.#lastName = name;
      this.#lastValue = this.#read(name);
    }
    return this.#lastValue;
  }

  #read(name: string): string | undefined {
    if (name === 'x-forwarded-proto') return this.#request.proto;
    // By whatever name a version of HTTP says it, and as listeners are chosen by it.
    if (name === 'host') return this.#request.host;
    // What carries an upgrade is each connection's own; rules see what it asks for.
    if (name === 'upgrade') return this.#request.upgrade ?? undefined;
    return isDroppedAtEdge(name, this.#request.trust.proxies !== null) ? undefined : this.#find(name);
  }

  #find(name: string): string | undefined {
    const separator = fieldSeparator(name);
    let found: string | undefined;
    const { names, values } = this.#request.head;
    for (let at = 0; at < names.length; at++) {
      if (names[at] === name) found = found === undefined ? values[at] : found + separator + values[at];
    }
    const more = joinedField(this.#fields, name, separator);
    if (more === undefined) return found;
    return found === undefined ? more : found + separator + more;
  }
}
