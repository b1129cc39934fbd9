// SPDX-License-Identifier: Apache-2.0

import { VOLATILE_NAMES } from './volatile-fields.ts';

/** The name begins with ':'. */
export const PSEUDO = 1;
/** The name is one of VOLATILE_NAMES, and there is a value; or it varies on this connection. */
export const VOLATILE = 2;
/** The name is one of VOLATILE_NAMES, whatever the value, or varies on this connection. */
export const VOLATILE_NAME = 32;
/** Name or value break RFC 9113 §8.2.1; the message that carries the field is malformed. */
export const MALFORMED = 4;
/** There are blanks around the value (RFC 9113 §8.2.1): a message carries what is between them. */
export const PADDED = 64;
/** Arrived as "never indexed" (RFC 7541 §6.2.3) and must leave so. */
export const SENSITIVE = 8;
/** The name is `content-length`. */
export const CONTENT_LENGTH = 16;

/**
 * One name and value. Equal stable fields of one pool are the same object, so that a list of fields is compared by
 * identity; volatile ones are not interned.
 */
export class Field {
  readonly name: string;
  readonly value: string;
  /** Name + value + 32 (RFC 7541 §4.1). */
  readonly size: number;
  /** Bits, see above. */
  readonly flags: number;

  constructor(name: string, value: string, flags: number) {
    this.name = name;
    this.value = value;
    this.size = name.length + value.length + 32;
    this.flags = flags;
  }
}

/** The bits of a field without those of its representation. An empty value never differs: it is not volatile. O(length). */
export function fieldFlags(name: string, value: string): number {
  let flags = nameFlags(name);
  if (flags & VOLATILE_NAME && (value !== '' || flags & CONTENT_LENGTH)) flags |= VOLATILE;
  return flags | valueFault(name, value, flags);
}

/** Whether a field that is no pseudo-header can be sent as it is. */
export function isSoundField(name: string, value: string): boolean {
  return (fieldFlags(name, value) & (MALFORMED | PADDED | PSEUDO)) === 0;
}

/** The bits that follow from a name alone. O(length). */
function nameFlags(name: string): number {
  let flags = VOLATILE_NAMES.has(name) ? VOLATILE_NAME : 0;
  if (name === 'content-length') flags |= CONTENT_LENGTH;
  const pseudo = name.charCodeAt(0) === 0x3a;
  if (pseudo) flags |= PSEUDO;
  return isFieldName(name, pseudo ? 1 : 0) ? flags : flags | MALFORMED;
}

/** A field with the name of `named`, which is volatile, and a value that is not empty: `grpc-timeout` on every call of a grpc-go client. */
export function volatileField(named: Field, value: string): Field {
  const flags = VOLATILE | VOLATILE_NAME | (named.flags & (CONTENT_LENGTH | PSEUDO));
  return new Field(named.name, value, flags | valueFault(named.name, value, flags));
}

/** A field whose name, a sound one, was found to vary on its connection (see `VaryingNames`). */
export function varyingField(name: string, value: string): Field {
  const flags = name === ':path' ? VOLATILE | VOLATILE_NAME | PSEUDO : VOLATILE | VOLATILE_NAME;
  return new Field(name, value, flags | valueFault(name, value, flags));
}

/** The bit for a value that is not sound; 0: it is. Blanks around one are forgiven, but not where hosts, paths and lengths are said: there two readers must see the same. */
function valueFault(name: string, value: string, flags: number): number {
  if (isFieldValue(value)) return 0;
  if (flags & (PSEUDO | CONTENT_LENGTH) || name === 'host') return MALFORMED;
  return isFieldValue(withoutBlanks(value)) ? PADDED : MALFORMED;
}

/** What is between the blanks around a value. O(length). */
export function withoutBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

/** Up to here, in characters, a loop is faster than a regular expression. */
const LONGEST_LOOP = 12;
const UNSAFE = /[\0\n\r]/;

/** RFC 9113 §8.2.1: no NUL, CR or LF anywhere, no space or tab at either end. O(length). */
export function isFieldValue(value: string): boolean {
  const length = value.length;
  if (length === 0) return true;
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(length - 1))) return false;
  // V8 looks for one of few characters in many at a time, but it takes a call to ask it.
  if (length > LONGEST_LOOP) return !UNSAFE.test(value);
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code < 0x0e && (code === 0 || code === 0x0a || code === 0x0d)) return false;
  }
  return true;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Stricter than RFC 9113 §8.2.1: a token (RFC 9110 §5.6.2) in lower case, so that no next hop can read another name. */
function isFieldName(name: string, from: number): boolean {
  if (name.length === from) return false;
  for (let i = from; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (!(TOKEN[code] ?? false)) return false;
  }
  return true;
}

const TOKEN: readonly boolean[] = Array.from({ length: 256 }, (_, code) =>
  /[a-z0-9!#$%&'*+.^_`|~-]/.test(String.fromCharCode(code)),
);
