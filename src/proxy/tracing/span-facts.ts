// SPDX-License-Identifier: Apache-2.0

/** What a request has to say under the names of OpenTelemetry's semantic conventions. */
import type { SpanFact } from '../../snapshot/index.ts';
import { GrpcStatus, hostOfAuthority } from '../../values/index.ts';
import { fieldOf, grpcStatusName, targetOf } from '../../wire/index.ts';
import { methodLabel } from '../metrics/index.ts';
import type { TracedExchange } from './traced-exchange.ts';

/** Values of query parameters that are secrets by the convention for `url.query`. */
const SECRET_PARAMETERS = /(^|&)(AWSAccessKeyId|Signature|sig|X-Goog-Signature)=[^&]*/g;

/** The value of one; null: the request has none. Numbers are whole. */
export function spanFact(fact: SpanFact, exchange: TracedExchange): string | number | null {
  switch (fact) {
    case 'client.address':
      return exchange.clientAddress;
    case 'client.port':
      // Of a client that a proxy speaks for only the address is known.
      return exchange.clientAddress === exchange.owner.peerAddress ? portOf(exchange) : null;
    case 'network.peer.address':
      return exchange.owner.peerAddress;
    case 'network.peer.port':
      return portOf(exchange);
    case 'network.protocol.name':
      return 'http';
    case 'network.protocol.version':
      return versionOf(exchange.owner.version);
    case 'network.transport':
      return 'tcp';
    case 'network.type':
      return exchange.owner.peerAddress.includes(':') ? 'ipv6' : 'ipv4';
    case 'error.type':
      return errorOf(exchange);
    case 'http.response.status_code':
      return exchange.outcome.http === 0 ? null : exchange.outcome.http;
    case 'http.route':
      return templateOf(exchange);
    case 'rpc.system':
      return isCall(exchange) ? 'grpc' : null;
    case 'rpc.service':
      return isCall(exchange) ? servicePart(pathOf(exchange)) : null;
    case 'rpc.method':
      return isCall(exchange) ? methodPart(pathOf(exchange)) : null;
    case 'rpc.grpc.status_code':
      return isCall(exchange) ? (exchange.outcome.grpc ?? GrpcStatus.UNKNOWN) : null;
    default:
      return askedFor(fact, exchange);
  }
}

type AskedFact = Extract<
  SpanFact,
  `url.${string}` | `server.${string}` | `http.request.${string}` | 'user_agent.original'
>;

/** What the head of the request says. */
function askedFor(fact: AskedFact, exchange: TracedExchange): string | number | null {
  switch (fact) {
    case 'http.request.method':
      return methodLabel(fieldIn(exchange, ':method') ?? '');
    case 'http.request.method_original': {
      const method = fieldIn(exchange, ':method') ?? '';
      return methodLabel(method) === method ? null : method;
    }
    case 'server.address':
      return hostOfAuthority(authorityOf(exchange)) || null;
    case 'server.port':
      return serverPort(exchange);
    case 'url.full': {
      const query = queryOf(exchange);
      const target = query === null ? pathOf(exchange) : `${pathOf(exchange)}?${query}`;
      return `${exchange.decision?.proto ?? 'http'}://${authorityOf(exchange)}${target}`;
    }
    case 'url.path':
      return pathOf(exchange);
    case 'url.query':
      return queryOf(exchange);
    case 'url.scheme':
      return exchange.decision?.proto ?? 'http';
    case 'user_agent.original':
      return fieldIn(exchange, 'user-agent') ?? null;
  }
}

/** Statuses by which a server says that it failed, not its caller (conventions for RPC spans). */
const SERVER_FAILURES: ReadonlySet<number> = new Set([
  GrpcStatus.UNKNOWN,
  GrpcStatus.DEADLINE_EXCEEDED,
  GrpcStatus.UNIMPLEMENTED,
  GrpcStatus.INTERNAL,
  GrpcStatus.UNAVAILABLE,
  GrpcStatus.DATA_LOSS,
]);

/** Why the span counts as failed: our reason, or what the endpoint said; null: it does not. A mistake of the client's is none. */
function errorOf({ decision, outcome }: TracedExchange): string | null {
  if (decision?.face.name === 'grpc') {
    const status = outcome.grpc ?? GrpcStatus.UNKNOWN;
    return SERVER_FAILURES.has(status) ? outcome.reason || grpcStatusName(status) : null;
  }
  if (outcome.http >= 500) return outcome.reason || String(outcome.http);
  return outcome.http === 0 ? outcome.reason || null : null;
}

/** First of the request's fields. */
export function fieldIn({ decision, fields }: TracedExchange, name: string): string | undefined {
  return decision?.head.get(name) ?? fieldOf(fields, name);
}

export function isCall({ decision }: TracedExchange): boolean {
  return decision?.face.name === 'grpc';
}

/** The path as rules see it, without its query. */
export function pathOf(exchange: TracedExchange): string {
  const target = readTarget(exchange);
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

/** The pattern of the path that the rule asks for: never what one client chose; null: it asks for none. */
export function templateOf({ decision }: TracedExchange): string | null {
  const match = decision?.match ?? null;
  return match === null || match.kind === 'grpc' ? null : match.path.value;
}

function readTarget({ decision, fields }: TracedExchange): string {
  return decision === null ? '' : (decision.target ?? targetOf(decision.head, fields));
}

function queryOf(exchange: TracedExchange): string | null {
  const target = readTarget(exchange);
  const at = target.indexOf('?');
  return at < 0 || at === target.length - 1 ? null : target.slice(at + 1).replace(SECRET_PARAMETERS, '$1$2=REDACTED');
}

function authorityOf(exchange: TracedExchange): string {
  return fieldIn(exchange, ':authority') ?? fieldIn(exchange, 'host') ?? '';
}

function portOf({ owner }: TracedExchange): number | null {
  return owner.peerPort === 0 ? null : owner.peerPort;
}

/** The one that was asked for; that of the scheme when none is said. */
function serverPort(exchange: TracedExchange): number {
  const said = /:(\d{1,5})$/.exec(authorityOf(exchange))?.[1];
  if (said !== undefined) return Number(said);
  return exchange.decision?.proto === 'https' ? 443 : 80;
}

/** What stands behind the slash. */
function versionOf(version: string): string {
  return version.slice(version.indexOf('/') + 1);
}

/** `/package.Service/Method` → `package.Service`. */
function servicePart(path: string): string {
  return path.slice(1, Math.max(1, path.lastIndexOf('/')));
}

function methodPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
