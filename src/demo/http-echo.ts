// SPDX-License-Identifier: Apache-2.0

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { TLSSocket } from 'node:tls';
import type { AskedTrouble } from './asked-trouble.ts';
import { demoVerdict } from './demo-verdict.ts';

/** Who answers. */
export interface EchoPod {
  readonly name: string;
  readonly trouble: AskedTrouble;
}

/** Answers a request that is not gRPC: method, path, host, headers and the pod's name as JSON; a question with a verdict. */
export async function answerHttpEcho(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { name, trouble }: EchoPod,
): Promise<void> {
  const { ':method': method, ':authority': authority, ':path': path, ...rest } = headers;
  stream.resume();
  const status = await trouble.statusFor(path ?? '/');
  if (stream.destroyed) return;
  const verdict = status === 200 ? demoVerdict(path ?? '/', rest.authorization) : null;
  if (verdict !== null) {
    stream.respond({ ':status': verdict.status, hostname: name, ...verdict.fields });
    stream.end(verdict.text);
    return;
  }
  const fields = Object.fromEntries(Object.entries(rest).filter(([field]) => !field.startsWith(':')));
  stream.respond({ ':status': status, 'content-type': 'application/json', hostname: name });
  stream.end(
    echo({ method, host: authority ?? rest.host, path, headers: fields, tls: tlsOf(stream.session?.socket) }, name),
  );
}

/** The same over HTTP/1.1. */
export async function answerHttp1Echo(
  request: IncomingMessage,
  response: ServerResponse,
  { name, trouble }: EchoPod,
): Promise<void> {
  const { method, url, headers } = request;
  request.resume();
  const status = await trouble.statusFor(url ?? '/');
  if (response.destroyed) return;
  const verdict = status === 200 ? demoVerdict(url ?? '/', headers.authorization) : null;
  if (verdict !== null) {
    response.writeHead(verdict.status, { hostname: name, ...verdict.fields });
    response.end(verdict.text);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', hostname: name });
  response.end(echo({ method, host: headers.host, path: url, headers, tls: tlsOf(request.socket) }, name));
}

/** How the connection was made, when it is one of TLS. */
interface EchoedTls {
  readonly version: string | null;
  readonly serverName: string | null;
  /** The names in the certificate that the client showed; null: it showed none. */
  readonly client: string | null;
}

function tlsOf(socket: object | undefined): EchoedTls | undefined {
  // What is destroyed has no certificate to show.
  if (!(socket instanceof TLSSocket) || socket.destroyed) return undefined;
  const { servername } = socket as TLSSocket & { readonly servername?: string | false };
  const serverName = typeof servername === 'string' ? servername : null;
  return { version: socket.getProtocol(), serverName, client: socket.getPeerCertificate().subjectaltname ?? null };
}

interface Echoed {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly path: string | undefined;
  readonly headers: object;
  readonly tls: EchoedTls | undefined;
}

function echo({ method, host, path, headers, tls }: Echoed, podName: string): string {
  return `${JSON.stringify({ pod: podName, method, host, path, headers, tls })}\n`;
}
