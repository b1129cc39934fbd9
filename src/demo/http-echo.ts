// SPDX-License-Identifier: Apache-2.0

import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';

/** Answers a request that is not gRPC: method, path, host, headers and the pod's name as JSON. */
export function answerHttpEcho(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, podName: string): void {
  const fields = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  const body = {
    pod: podName,
    method: headers[':method'],
    host: headers[':authority'] ?? headers.host,
    path: headers[':path'],
    headers: Object.fromEntries(fields),
  };
  stream.respond({ ':status': 200, 'content-type': 'application/json', hostname: podName });
  stream.end(`${JSON.stringify(body)}\n`);
  stream.resume();
}
