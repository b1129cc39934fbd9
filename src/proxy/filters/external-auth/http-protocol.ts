// SPDX-License-Identifier: Apache-2.0

import type { HttpAuth } from '../../../snapshot/index.ts';
import { type HeaderList, type HeaderListPool, pathIn, type VolatileFields } from '../../../wire/index.ts';
import type { WholeAnswer, WholeRequest } from '../../upstream/index.ts';
import { type FieldChange, type FieldPut, isChangeable } from '../field-change.ts';
import { LOOP_MARKS, withOwnMark } from '../loop-mark.ts';
import { denied } from './auth-answers.ts';
import type { AuthProtocol, AuthSubject, AuthVerdict } from './auth-protocol.ts';

/** Says in fields of its own which of the request's are to go: the way of Envoy's servers that speak HTTP. */
const REMOVALS = 'x-envoy-auth-headers-to-remove';
const NO_BODY = Buffer.alloc(0);
/** Beside a question's list: its place in the map. */
const MEMO_BYTES = 64;

/**
 * Asks by the request itself, without its body or with it: same method, host and target behind a prefix, and the fields that the filter
 * allows. 200 is yes. Anything else is no, in the server's own words; but who answers with 5xx has not judged.
 */
export class HttpAuthProtocol implements AuthProtocol {
  readonly kind = 'http';
  readonly #auth: HttpAuth;
  readonly #lists: HeaderListPool;
  readonly #allowed: ReadonlySet<string>;
  readonly #wanted: ReadonlySet<string> | null;
  /** The question's list for a request's. */
  readonly #questions = new WeakMap<HeaderList, HeaderList>();

  constructor(auth: HttpAuth, lists: HeaderListPool) {
    this.#auth = auth;
    this.#lists = lists;
    this.#allowed = new Set(auth.allowedHeaders);
    this.#wanted = auth.allowedResponseHeaders === null ? null : new Set(auth.allowedResponseHeaders);
  }

  ask({ list, fields, body }: AuthSubject): WholeRequest {
    let head = this.#questions.get(list);
    if (head === undefined) {
      head = this.#listFor(list);
      this.#questions.set(list, head);
      this.#lists.charge(MEMO_BYTES);
    }
    return { head, fields: this.#fieldsFor(fields, body ?? NO_BODY), body: body ?? NO_BODY };
  }

  judge(reply: WholeAnswer): AuthVerdict {
    const status = Number(reply.head.get(':status'));
    if (status === 200) return { kind: 'allowed', request: this.#changeBy(reply), response: null };
    if (status >= 500) return { kind: 'failed', detail: `answered with ${status}` };
    const headers: [string, string][] = [];
    forEachField(reply, (name, value) => headers.push([name, value]));
    return { kind: 'denied', answer: denied({ status: status < 300 ? 403 : status, headers, body: reply.body }) };
  }

  #listFor(list: HeaderList): HeaderList {
    const names = [':method', ':scheme'];
    const values = [list.get(':method') ?? '', 'http'];
    for (let at = 0; at < list.names.length; at++) {
      const name = list.names[at] as string;
      const value = list.values[at] as string;
      if (name === LOOP_MARKS || (name !== ':authority' && name !== ':path' && !this.#allows(name))) continue;
      names.push(name);
      values.push(name === ':path' ? this.#targetOf(value) : value);
    }
    names.push(LOOP_MARKS);
    values.push(withOwnMark(list));
    return this.#lists.intern(names, values, list.sensitive);
  }

  #fieldsFor(fields: VolatileFields, body: Buffer): VolatileFields {
    const path = pathIn(fields);
    const told = path === null ? [] : [':path', this.#targetOf(path)];
    for (let at = 0; fields !== null && at + 1 < fields.length; at += 2) {
      if (this.#allows(fields[at] as string)) told.push(fields[at] as string, fields[at + 1] as string);
    }
    told.push('content-length', String(body.length));
    return told;
  }

  #allows(name: string): boolean {
    return this.#allowed.has(name) && isChangeable(name);
  }

  /** `*` has no path that a prefix could stand before. */
  #targetOf(target: string): string {
    return target.startsWith('/') ? this.#auth.pathPrefix + target : target;
  }

  #changeBy(reply: WholeAnswer): FieldChange | null {
    const puts: FieldPut[] = [];
    const put = new Set<string>();
    const removes = this.#wanted === null ? [] : [...this.#wanted].filter(isChangeable);
    forEachField(reply, (name, value) => {
      if (name === REMOVALS)
        removes.push(
          ...value
            .toLowerCase()
            .split(/[\s,]+/)
            .filter(isChangeable),
        );
      if (!isChangeable(name) || !this.#wants(name)) return;
      puts.push({ name, value, how: put.has(name) ? 'append' : 'set' });
      put.add(name);
    });
    return puts.length + removes.length === 0 ? null : { puts, removes, query: null };
  }

  /** What describes the body of the answer is not true of the request's. */
  #wants(name: string): boolean {
    return this.#wanted === null ? !name.startsWith('content-') && name !== 'date' : this.#wanted.has(name);
  }
}

/** But for the status. */
function forEachField({ head, fields }: WholeAnswer, visit: (name: string, value: string) => void): void {
  for (let at = 0; at < head.names.length; at++) {
    if (head.names[at] !== ':status') visit(head.names[at] as string, head.values[at] as string);
  }
  for (let at = 0; fields !== null && at + 1 < fields.length; at += 2) {
    visit(fields[at] as string, fields[at + 1] as string);
  }
}
