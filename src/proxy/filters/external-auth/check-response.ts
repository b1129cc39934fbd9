// SPDX-License-Identifier: Apache-2.0

/**
 * `envoy.service.auth.v3.CheckResponse`:
 *
 *     status 1 { code 1 }                                        0, or no status: yes
 *     denied_response 2 { status 1 { code 1 }, headers 2, body 3 }
 *     ok_response 3 { headers 2, headers_to_remove 5, response_headers_to_add 6,
 *                     query_parameters_to_set 7 { key 1, value 2 }, query_parameters_to_remove 8 }
 *
 * and in each of the headers: `header 1 { key 1, value 2, raw_value 3 }, append 2 { value 1 }, append_action 3`. Metadata is passed over:
 * nothing here would read it.
 */
import { isSoundField, ProtobufReader } from '../../../wire/index.ts';
import { type FieldChange, type FieldPut, isChangeable } from '../field-change.ts';
import type { QueryChange } from '../query-change.ts';
import { denied } from './auth-answers.ts';
import { ALLOWED, type AuthVerdict } from './auth-protocol.ts';

const MALFORMED: AuthVerdict = { kind: 'failed', detail: 'sent an answer that cannot be read' };
const UNSENDABLE: AuthVerdict = { kind: 'failed', detail: 'wants a header that cannot be sent' };
const EMPTY = Buffer.alloc(0);

/** Reads one message. What is not understood is no yes. */
export function readCheckResponse(message: Buffer): AuthVerdict {
  let code = 0;
  let ok: Buffer | null = null;
  let refusal: Buffer | null = null;
  const isWhole = eachField(message, ({ field, bytes }) => {
    if (field === 1) return eachField(bytes, inner => take(inner.field === 1, () => (code = inner.number)));
    if (field === 2) refusal = bytes;
    if (field === 3) ok = bytes;
    return true;
  });
  if (!isWhole) return MALFORMED;
  if (code === 0) return ok === null ? ALLOWED : readOk(ok);
  return readDenied(refusal ?? EMPTY);
}

function readOk(message: Buffer): AuthVerdict {
  const puts: FieldPut[] = [];
  const toClient: FieldPut[] = [];
  const removes: string[] = [];
  const sets: [string, string][] = [];
  const drops: string[] = [];
  const isWhole = eachField(message, ({ field, bytes }) => {
    if (field === 2) return readOption(bytes, puts);
    if (field === 6) return readOption(bytes, toClient);
    if (field === 7) return readParameter(bytes, sets);
    if (field === 8) drops.push(bytes.toString());
    if (field === 5) removes.push(bytes.toString('latin1').toLowerCase());
    return true;
  });
  if (!isWhole) return MALFORMED;
  const query = sets.length + drops.length === 0 ? null : { sets, removes: drops };
  const request = changeOf(puts, removes, query);
  const response = changeOf(toClient, [], null);
  return request === undefined || response === undefined ? UNSENDABLE : { kind: 'allowed', request, response };
}

function readDenied(message: Buffer): AuthVerdict {
  const denial: { status: number; headers: [string, string][]; body: Buffer } = {
    status: 403,
    headers: [],
    body: EMPTY,
  };
  const options: FieldPut[] = [];
  const isWhole = eachField(message, ({ field, bytes }) => {
    if (field === 1) return eachField(bytes, inner => take(inner.field === 1, () => (denial.status = inner.number)));
    if (field === 2) return readOption(bytes, options);
    if (field === 3) denial.body = bytes;
    return true;
  });
  if (!isWhole) return MALFORMED;
  if (!options.every(isSendable)) return UNSENDABLE;
  for (const { name, value } of options) denial.headers.push([name, value]);
  return { kind: 'denied', answer: denied(denial) };
}

/** A `HeaderValueOption`. Pushes what it says; false: it cannot be read. */
function readOption(message: Buffer, puts: FieldPut[]): boolean {
  let name = '';
  let value = '';
  let isAppended = false;
  let action = 0;
  const isWhole = eachField(message, ({ field, number, bytes }) => {
    if (field === 3) action = number;
    if (field === 2) return eachField(bytes, inner => take(inner.field === 1, () => (isAppended = inner.number !== 0)));
    if (field !== 1) return true;
    return eachField(bytes, inner => {
      if (inner.field === 1) name = inner.bytes.toString('latin1').toLowerCase();
      // `raw_value` is set instead of `value`.
      if (inner.field === 2 || inner.field === 3) value = inner.bytes.toString('latin1');
      return true;
    });
  });
  if (isWhole) puts.push({ name, value, how: isAppended ? 'append' : howOf(action, name) });
  return isWhole;
}

/** A `QueryParameter`. Pushes what it says; false: it cannot be read. */
function readParameter(message: Buffer, sets: [string, string][]): boolean {
  const set: [string, string] = ['', ''];
  const isWhole = eachField(message, ({ field, bytes }) => {
    if (field === 1) set[0] = bytes.toString();
    if (field === 2) set[1] = bytes.toString();
    return true;
  });
  if (isWhole && set[0] !== '') sets.push(set);
  return isWhole;
}

/** `append_action`. Its 0 cannot be told from no word, which means `set` here; cookies stand beside each other. */
function howOf(action: number, name: string): FieldPut['how'] {
  if (action === 1) return 'if-absent';
  if (action === 3) return 'if-present';
  return action === 0 && name === 'set-cookie' ? 'append' : 'set';
}

/** null: it changes nothing; undefined: a field of it cannot be sent. What belongs to the proxy is left as it is. */
function changeOf(
  puts: readonly FieldPut[],
  removes: readonly string[],
  query: QueryChange | null,
): FieldChange | null | undefined {
  const kept = puts.filter(({ name }) => isChangeable(name));
  if (!kept.every(isSendable)) return undefined;
  const change = { puts: kept, removes: removes.filter(isChangeable), query };
  return change.puts.length + change.removes.length === 0 && query === null ? null : change;
}

function isSendable({ name, value }: FieldPut): boolean {
  return isSoundField(name, value);
}

function take(isWanted: boolean, read: () => void): true {
  if (isWanted) read();
  return true;
}

/** False: the message is broken, or `visit` says so. */
function eachField(message: Buffer, visit: (reader: ProtobufReader) => boolean): boolean {
  const reader = new ProtobufReader(message);
  for (;;) {
    const found = reader.next();
    if (found !== 'field') return found === 'end';
    if (!visit(reader)) return false;
  }
}
