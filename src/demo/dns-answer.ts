// SPDX-License-Identifier: Apache-2.0

/** A name server that knows every name: so that a resolver can be pointed at a demo backend (RFC 1035 §4). */

const HEADER_BYTES = 12;
const TYPE_A = 1;
const TYPE_TXT = 16;
const CLASS_IN = 1;
const TTL_SECONDS = 5;
/** Of documentation (RFC 5737): no machine has it. */
const ADDRESS = Buffer.of(192, 0, 2, 1);
/** The name of the question, which begins after the header (§4.1.4). */
const SAME_NAME = 0xc00c;
/** A response, authoritative. */
const FLAGS = 0x8400;
const RECURSION_DESIRED = 0x0100;
/** Set in responses, and in other operations than a query. */
const NOT_A_QUERY = 0xf800;

/** The answer to a query of one question: an address, the pod's name as text, or that there is nothing of the type. null: it is no query. */
export function dnsAnswer(query: Buffer, podName: string): Buffer | null {
  const end = questionEnd(query);
  if (end === null) return null;
  const [type, kind] = [query.readUInt16BE(end - 4), query.readUInt16BE(end - 2)];
  const data = kind !== CLASS_IN ? null : dataOf(type, podName);
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(query.readUInt16BE(0), 0);
  head.writeUInt16BE(FLAGS | (query.readUInt16BE(2) & RECURSION_DESIRED), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data === null ? 0 : 1, 6);
  const question = query.subarray(HEADER_BYTES, end);
  return Buffer.concat(data === null ? [head, question] : [head, question, recordOf(type, data)]);
}

function dataOf(type: number, podName: string): Buffer | null {
  if (type === TYPE_A) return ADDRESS;
  if (type !== TYPE_TXT) return null;
  const text = Buffer.from(podName).subarray(0, 255);
  return Buffer.concat([Buffer.of(text.length), text]);
}

function recordOf(type: number, data: Buffer): Buffer {
  const record = Buffer.alloc(12);
  record.writeUInt16BE(SAME_NAME, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([record, data]);
}

/** Where the one question ends; null: this is not a query that has one. */
function questionEnd(query: Buffer): number | null {
  if (query.length <= HEADER_BYTES || (query.readUInt16BE(2) & NOT_A_QUERY) !== 0) return null;
  if (query.readUInt16BE(4) !== 1 || query.readUInt16BE(6) !== 0) return null;
  let at = HEADER_BYTES;
  for (let length = query[at]; length !== 0; length = query[at]) {
    // Longer labels are pointers, which a question has no use for; `undefined`: it is cut off.
    if (length === undefined || length > 63) return null;
    at += 1 + length;
  }
  return at + 5 > query.length ? null : at + 5;
}
