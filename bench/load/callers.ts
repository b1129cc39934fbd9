// SPDX-License-Identifier: Apache-2.0

/** Clients as applications have them: channels and pools that live long, connect again when they are told to, and try nothing twice by themselves. */
import { Agent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type ChannelCredentials, Client, credentials, Metadata } from '@grpc/grpc-js';

/** A call that takes longer has failed. */
const CALL_TIMEOUT_MS = 15_000;

export interface Place {
  readonly host: string;
  readonly port: number;
  /** What the request is for. */
  readonly authority: string;
  /** PEM of who signed the server's certificate; null: cleartext. */
  readonly ca: string | null;
}

export interface Caller {
  readonly name: string;
  /** One call; null: answered well, else why not. Never rejects. */
  call(): Promise<string | null>;
  /** Calls of gRPC that were sent again, see `grpcCaller`. */
  readonly again: number;
  close(): void;
}

/** Of a stream that nobody has seen. */
const REFUSED = '14 Stream refused by server';

/**
 * Unary calls of gRPC on one channel. One that is refused is sent again, once, as every client of gRPC does, and counted: Node's HTTP/2 refuses by itself what was asked for in the
 * moment in which GOAWAY comes in, and never sends it.
 */
export function grpcCaller(name: string, place: Place): Caller {
  const client = grpcClient(place);
  const bytes = (value: Buffer): Buffer => value;
  let again = 0;
  const call = (): Promise<string | null> =>
    new Promise(resolve => {
      const options = { deadline: Date.now() + CALL_TIMEOUT_MS };
      client.makeUnaryRequest('/api.Echo/Echo', bytes, bytes, Buffer.alloc(0), new Metadata(), options, error =>
        resolve(error === null ? null : `${error.code} ${error.details}`),
      );
    });
  return {
    name,
    get again() {
      return again;
    },
    async call() {
      const failure = await call();
      if (failure !== REFUSED) return failure;
      again++;
      return call();
    },
    close: () => client.close(),
  };
}

export function grpcClient({ host, port, authority, ca }: Place): Client {
  const proof: ChannelCredentials = ca === null ? credentials.createInsecure() : credentials.createSsl(Buffer.from(ca));
  return new Client(`${host}:${port}`, proof, {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.default_authority': authority,
    ...(ca === null ? {} : { 'grpc.ssl_target_name_override': authority }),
    'grpc.enable_retries': 0,
  });
}

/** GETs over HTTP/1.1; `keepAlive`: connections are used again. A body is sent by POST. */
export function httpCaller(
  name: string,
  place: Place,
  { keepAlive, body }: { keepAlive: boolean; body: Buffer | null },
): Caller {
  const { host, port, authority, ca } = place;
  const agent = ca === null ? new Agent({ keepAlive }) : new HttpsAgent({ keepAlive, ca, servername: authority });
  const options: RequestOptions = {
    ...{ agent, host, port, path: '/', timeout: CALL_TIMEOUT_MS, method: body === null ? 'GET' : 'POST' },
    headers: { host: authority, ...(body === null ? {} : { 'content-length': body.length }) },
  };
  const send = ca === null ? httpRequest : httpsRequest;
  return {
    name,
    again: 0,
    call: () =>
      new Promise(resolve => {
        let isReused = false;
        const asked = send(options, answer => {
          answer.on('error', error => resolve(`within the answer: ${error.message}`));
          answer.on('end', () => resolve(answer.statusCode === 200 ? null : `status ${answer.statusCode}`));
          answer.resume();
        });
        asked.on('socket', () => {
          isReused = asked.reusedSocket;
        });
        asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
        asked.on('error', error =>
          resolve(`${error.message}${isReused ? ', on a connection that was used before' : ''}`),
        );
        asked.end(body ?? undefined);
      }),
    close: () => agent.destroy(),
  };
}
