// SPDX-License-Identifier: Apache-2.0

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';

/** Answers a request that is not gRPC: method, path, host, headers and the pod's name as JSON. */
export function answerHttpEcho(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, podName: string): void {
  const { ':method': method, ':authority': authority, ':path': path, ...rest } = headers;
  const fields = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith(':')));
  const body = echo({ method, host: authority ?? rest.host, path, headers: fields }, podName);
  stream.respond({ ':status': 200, 'content-type': 'application/json', hostname: podName });
  stream.end(body);
  stream.resume();
}

/** The same over HTTP/1.1. */
export function answerHttp1Echo(request: IncomingMessage, response: ServerResponse, podName: string): void {
  const { method, url, headers } = request;
  const body = echo({ method, host: headers.host, path: url, headers }, podName);
  response.writeHead(200, { 'content-type': 'application/json', hostname: podName });
  response.end(body);
  request.resume();
}

interface Echoed {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly path: string | undefined;
  readonly headers: object;
}

function echo({ method, host, path, headers }: Echoed, podName: string): string {
  return `${JSON.stringify({ pod: podName, method, host, path, headers })}\n`;
}
