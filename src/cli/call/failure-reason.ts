// SPDX-License-Identifier: Apache-2.0

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { ServiceError } from '@grpc/grpc-js';
import { FAILURE_DOMAIN, type RequestFailureReason } from '../../errors/index.ts';

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

const UNSERVED_HOST: readonly RequestFailureReason[] = ['no_listener', 'no_route_for_host'];

/** True when it was a gateway of ours that ended the call, because nothing is served for its host. */
export function isUnservedHost(error: ServiceError): boolean {
  const reason = failureReason(error);
  return UNSERVED_HOST.some(unserved => unserved === reason);
}

/** The reason that a gateway of ours gives by a code (`google.rpc.ErrorInfo`); undefined: it gives none, or another server answered. */
function failureReason({ metadata }: ServiceError): string | undefined {
  const [details] = metadata.get('grpc-status-details-bin');
  if (!(details instanceof Uint8Array)) return undefined;
  try {
    for (const any of fieldsOf(details).get(3) ?? []) {
      const detail = fieldsOf(any);
      const value = detail.get(2)?.[0];
      if (firstText(detail, 1) !== ERROR_INFO || value === undefined) continue;
      const info = fieldsOf(value);
      if (firstText(info, 2) === FAILURE_DOMAIN) return firstText(info, 1);
    }
  } catch {
    // Other servers may put anything there.
  }
  return undefined;
}

/** The fields of a message that are texts, bytes or messages, by number. @throws Error when the bytes are no message. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type !== WireType.LengthDelimited) {
      reader.skip(type);
      continue;
    }
    const known = fields.get(number) ?? [];
    known.push(reader.bytes());
    fields.set(number, known);
  }
  return fields;
}

function firstText(fields: Map<number, Uint8Array[]>, number: number): string {
  return Buffer.from(fields.get(number)?.[0] ?? []).toString();
}
