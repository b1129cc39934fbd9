// SPDX-License-Identifier: Apache-2.0

/** Asks a demo backend through the gateway, and tells what both sides saw. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Question {
  /** `host:port` of the listener. */
  readonly address: string;
  readonly isTls?: boolean;
  readonly host: string;
  readonly path: string;
  /** Default GET. */
  readonly method?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** The address that is asked from. Default: the system chooses. */
  readonly from?: string;
}

/**
 * What came of it, by name: `status`; `from`, the Service whose pod answered; `path` and `host` as the backend saw them; `seen:NAME`, a
 * request header as the backend saw it; `NAME`, a response header. What is not there is undefined.
 */
export type Answer = (name: string) => string | number | undefined;

/** Rejects when the connection fails. Certificates are the demo's: their names are checked elsewhere. */
export async function ask({ address, isTls = false, host, path, method, fields, from }: Question): Promise<Answer> {
  const [ip, port] = address.split(':');
  const options = {
    host: ip,
    port,
    path,
    method: method ?? 'GET',
    headers: { host, ...fields },
    agent: false,
    localAddress: from,
  };
  const { response, body } = await new Promise<{ response: IncomingMessage; body: string }>((resolve, reject) => {
    const onResponse = (received: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      received.on('data', (chunk: Buffer) => chunks.push(chunk));
      received.once('end', () => resolve({ response: received, body: Buffer.concat(chunks).toString() }));
    };
    const sent = isTls
      ? requestHttps({ ...options, servername: host, rejectUnauthorized: false }, onResponse)
      : requestHttp(options, onResponse);
    sent.once('error', reject).end();
  });
  const echoed = response.headers['content-type'] === 'application/json' ? (JSON.parse(body) as Echoed) : null;
  return name => {
    if (name === 'status') return response.statusCode;
    if (name === 'from') return String(response.headers['hostname']).split('-').slice(0, -2).join('-');
    if (name === 'path' || name === 'host') return echoed?.[name];
    if (name.startsWith('seen:')) return echoed?.headers[name.slice('seen:'.length)];
    return response.headers[name]?.toString();
  };
}

interface Echoed {
  readonly path: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}
