// SPDX-License-Identifier: Apache-2.0

/** As much of DER (X.690 §10) as it takes to see whether a certificate is one, and an authority's (RFC 5280 §4.1). */

/** Universal and context-specific tags that certificates have in the places we look at. */
const [BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, SEQUENCE, VERSION, EXTENSIONS] = [
  0x01, 0x02, 0x03, 0x04, 0x06, 0x30, 0xa0, 0xa3,
] as const;
/** id-ce-basicConstraints, 2.5.29.19. */
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
/** Longer lengths than four bytes say are of nothing that fits into an object. */
const MAX_LENGTH_BYTES = 4;

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** What stands in `bytes`, one element after the other; undefined: it is no DER. */
function elementsOf(bytes: Uint8Array): readonly Element[] | undefined {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const header = lengthAt(bytes, at + 1);
    if (header === undefined || header.start + header.length > bytes.length) return undefined;
    elements.push({ tag: bytes[at] ?? 0, content: bytes.subarray(header.start, header.start + header.length) });
    at = header.start + header.length;
  }
  return elements;
}

function lengthAt(bytes: Uint8Array, at: number): { readonly start: number; readonly length: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: at + 1, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > MAX_LENGTH_BYTES || at + count >= bytes.length) return undefined;
  let length = 0;
  for (let index = 1; index <= count; index++) length = length * 256 + (bytes[at + index] ?? 0);
  return { start: at + 1 + count, length };
}

/** Whose a certificate is; undefined: the bytes are none. */
export function holderOf(certificate: Uint8Array): 'authority' | 'other' | undefined {
  const [whole, ...behind] = elementsOf(certificate) ?? [];
  if (whole?.tag !== SEQUENCE || behind.length > 0) return undefined;
  const [signed, algorithm, signature] = elementsOf(whole.content) ?? [];
  if (signed?.tag !== SEQUENCE || algorithm?.tag !== SEQUENCE || signature?.tag !== BIT_STRING) return undefined;
  const fields = elementsOf(signed.content);
  if (fields === undefined) return undefined;
  const [serial, ...others] = fields[0]?.tag === VERSION ? fields.slice(1) : fields;
  // Algorithm, issuer, validity, subject, key.
  if (serial?.tag !== INTEGER || others.length < 5 || others.slice(0, 5).some(({ tag }) => tag !== SEQUENCE))
    return undefined;
  const extensions = others.find(({ tag }) => tag === EXTENSIONS);
  return extensions !== undefined && namesAuthority(extensions.content) ? 'authority' : 'other';
}

/** BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, … } is among the extensions, and cA true. */
function namesAuthority(extensions: Uint8Array): boolean {
  const [list] = elementsOf(extensions) ?? [];
  for (const { content } of elementsOf(list?.content ?? new Uint8Array()) ?? []) {
    const parts = elementsOf(content) ?? [];
    const [id] = parts;
    if (id?.tag !== OBJECT_ID || id.content.join() !== BASIC_CONSTRAINTS.join()) continue;
    const value = parts.find(({ tag }) => tag === OCTET_STRING)?.content;
    const [constraints] = elementsOf(value ?? new Uint8Array()) ?? [];
    const [flag] = elementsOf(constraints?.content ?? new Uint8Array()) ?? [];
    return flag?.tag === BOOLEAN && flag.content[0] === 0xff;
  }
  return false;
}
