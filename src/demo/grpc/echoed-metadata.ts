// SPDX-License-Identifier: Apache-2.0

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';

/** Metadata of the gRPC interop tests that a server gives back, so that clients can see what reached it. */
const INITIAL = 'x-grpc-test-echo-initial';
const TRAILING = 'x-grpc-test-echo-trailing-bin';

/** What goes back in the head and in the trailers (gRPC interop test `custom_metadata`). */
export function echoedMetadata(headers: IncomingHttpHeaders): {
  initial: OutgoingHttpHeaders;
  trailing: OutgoingHttpHeaders;
} {
  return { initial: pick(headers, INITIAL), trailing: pick(headers, TRAILING) };
}

function pick(headers: IncomingHttpHeaders, name: string): OutgoingHttpHeaders {
  const value = headers[name];
  return value === undefined ? {} : { [name]: value };
}
