// SPDX-License-Identifier: Apache-2.0

/** Authorization servers, an endpoint and clients of both versions, for tests of ExternalAuth filters. */
import { EventEmitter, once } from 'node:events';
import {
  createServer as createHttp1,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as request1,
  type ServerResponse,
} from 'node:http';
import { connect as connect2, createServer as createHttp2 } from 'node:http2';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { ExternalAuth, Listener } from '../../snapshot/index.ts';
import { backend, listener, rule } from './gateway.test-support.ts';

/** What Envoy's public definitions say on the wire, as far as it is used here. */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  package auth;
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message SocketAddress { string address = 2; uint32 port_value = 3; }
  message Address { SocketAddress socket_address = 1; }
  message Peer { Address address = 1; }
  message Http {
    string id = 1; string method = 2; map<string, string> headers = 3; string path = 4; string host = 5; string scheme = 6;
    int64 size = 9; string protocol = 10; string body = 11; bytes raw_body = 12;
  }
  message Request { Timestamp time = 1; Http http = 2; }
  message AttributeContext { Peer source = 1; Request request = 4; }
  message CheckRequest { AttributeContext attributes = 1; }
  message Status { int32 code = 1; string message = 2; }
  message HttpStatus { int32 code = 1; }
  message HeaderValue { string key = 1; string value = 2; bytes raw_value = 3; }
  message Bool { bool value = 1; }
  message Option { HeaderValue header = 1; Bool append = 2; int32 append_action = 3; }
  message Parameter { string key = 1; string value = 2; }
  message Denied { HttpStatus status = 1; repeated Option headers = 2; string body = 3; }
  message Ok { repeated Option headers = 2; repeated string headers_to_remove = 5; repeated Option response_headers_to_add = 6;
    repeated Parameter query_parameters_to_set = 7; repeated string query_parameters_to_remove = 8; }
  message CheckResponse { Status status = 1; Denied denied_response = 2; Ok ok_response = 3; }
`,
  { keepCase: true },
);
const CheckRequest = root.lookupType('auth.CheckRequest');
const CheckResponse = root.lookupType('auth.CheckResponse');

/** As protobufjs shows a message. */
export type Message = Readonly<Record<string, unknown>>;

/** The question of `envoy.service.auth.v3.Authorization/Check`. */
export interface Checked {
  readonly address: string;
  readonly http: {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    readonly host: string;
    readonly scheme: string;
    readonly size: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly raw_body: Buffer;
  };
}

/** The wire form of an answer, as a server of Envoy's protocol would send it. */
export function encodeAnswer(message: Message): Buffer {
  return Buffer.from(CheckResponse.encode(CheckResponse.fromObject(message)).finish());
}

/** Reads the message of a question. */
export function decodeQuestion(bytes: Uint8Array): Checked {
  const options = { longs: String, defaults: true };
  const { attributes } = CheckRequest.toObject(CheckRequest.decode(bytes), options) as {
    attributes: { source: { address: { socket_address: { address: string } } }; request: { http: Checked['http'] } };
  };
  return { address: attributes.source.address.socket_address.address, http: attributes.request.http };
}

/** Answers a question; undefined: never. */
export type Judge = (asked: Checked) => Message | undefined;

export interface TestServer {
  readonly port: number;
  close(): void;
}

export interface GrpcAuthServer extends TestServer {
  /** Clients' sockets that were used. */
  connections(): number;
  /** `asked`: a question came, with this metadata; `cancelled`: one was taken back. */
  readonly events: EventEmitter;
}

/** A gRPC server that judges. */
export async function grpcAuthServer(judge: Judge): Promise<GrpcAuthServer> {
  const server = new Server();
  const events = new EventEmitter();
  const seen = new Set<string>();
  const check = {
    path: '/envoy.service.auth.v3.Authorization/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: decodeQuestion,
    responseSerialize: encodeAnswer,
    responseDeserialize: (bytes: Buffer) => bytes,
  };
  server.addService({ Check: check } as never, {
    Check(call: ServerUnaryCall<Checked, Message>, done: sendUnaryData<Message>) {
      seen.add(call.getPeer());
      call.on('cancelled', () => events.emit('cancelled'));
      events.emit('asked', call.metadata.getMap());
      const answer = judge(call.request);
      if (answer !== undefined) done(null, answer);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, close: () => server.forceShutdown(), connections: () => seen.size, events };
}

/** Lets a server listen on a port of its own. */
export async function listening(server: NetServer): Promise<TestServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', socket => sockets.add(socket));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

/** An HTTP/1.1 server that judges. */
export function httpAuthServer(judge: (request: IncomingMessage, body: Buffer, answer: ServerResponse) => void) {
  return listening(
    createHttp1((request, response) => void buffer(request).then(body => judge(request, body, response))),
  );
}

/** What an endpoint saw. */
export interface Echoed {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An endpoint that tells what it saw. `calls` counts. */
export async function echoServer(protocol: 'h1' | 'h2'): Promise<TestServer & { calls: number }> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    server.calls++;
    const body = await text(request);
    response.setHeader('x-from', 'endpoint');
    response.end(JSON.stringify({ path: request.url, headers: request.headers, body }));
  };
  const started = await listening(
    protocol === 'h1'
      ? createHttp1((request, response) => void answer(request, response))
      : createHttp2((request, response) => void answer(request as never, response as never)),
  );
  const server = { ...started, calls: 0 };
  return server;
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export type Ask = (port: number, asked?: Asked) => Promise<Answered>;

export async function ask1(
  port: number,
  { method = 'GET', path = '/', headers = {}, body = '' }: Asked = {},
): Promise<Answered> {
  const request = request1({
    port,
    host: '127.0.0.1',
    method,
    path,
    agent: false,
    headers: { host: 'a.test', ...headers },
  });
  if (body.length > 0) request.end(body);
  else request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
}

async function ask2(
  port: number,
  { method = 'GET', path = '/', headers = {}, body = '' }: Asked = {},
): Promise<Answered> {
  const session = connect2(`http://127.0.0.1:${port}`);
  try {
    const head = { ':method': method, ':path': path, ':authority': 'a.test', ...headers };
    const stream = session.request(head, { endStream: body.length === 0 });
    if (body.length > 0) stream.end(body);
    // Read from the start, see `ask2` of http-peers.
    const [[fields], read] = await Promise.all([once(stream, 'response'), text(stream)]);
    return { status: fields[':status'], headers: fields, text: read };
  } finally {
    session.close();
  }
}

export const CLIENTS: readonly (readonly [version: string, ask: Ask])[] = [
  ['HTTP/1.1', ask1],
  ['HTTP/2', ask2],
];

/** A listener whose every request, gRPC or not, is asked about and then goes to cluster `a`. */
export function askingListener(auth: ExternalAuth, requestTimeoutMs: number | null = null): Listener {
  const path = { kind: 'prefix', value: '/' } as const;
  const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
  const asking = rule('r', [backend('a')], { filters: [{ kind: 'external-auth', auth }], requestTimeoutMs });
  return listener('web', [], { virtualHosts: [{ hostname: '*', entries: [{ match, rule: asking, matchIndex: 0 }] }] });
}

export const GRPC_AUTH: ExternalAuth & { readonly kind: 'grpc' } = {
  kind: 'grpc',
  cluster: 'auth',
  authority: 'auth.default.svc',
  allowedHeaders: null,
  maxBodyBytes: 0,
};

export const HTTP_AUTH: ExternalAuth & { readonly kind: 'http' } = {
  kind: 'http',
  cluster: 'auth',
  pathPrefix: '/check',
  allowedHeaders: ['authorization', 'cookie'],
  allowedResponseHeaders: null,
  maxBodyBytes: 0,
};
