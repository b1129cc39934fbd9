// SPDX-License-Identifier: Apache-2.0

import { domainToASCII } from 'node:url';
import {
  type Explanation,
  explain,
  explainStream,
  fieldSeparator,
  type Question,
  type StreamExplanation,
  type StreamQuestion,
} from '../../match/index.ts';
import { isDnsLabel } from '../../resources/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { hostOfAuthority, isAuthority, normalAddress } from '../../values/index.ts';
import { isGrpcContentType } from '../../wire/index.ts';

const NAMES = [
  'grpc',
  'http',
  'tcp',
  'udp',
  'tls',
  'port',
  'host',
  'client',
  'client-namespace',
  'to',
  'gateway',
  'listener',
  'header',
];
const STREAMS = ['tcp', 'udp', 'tls'] as const;
/** The highest there is. */
const LAST_PORT = 65_535;

/** Reads a question from the parameters of `/explain`, which the command line fills too. */
export function parseQuestion(params: URLSearchParams): Question | StreamQuestion | { readonly fault: string } {
  const unknown = [...params.keys()].find(name => !NAMES.includes(name));
  if (unknown !== undefined) return { fault: `unknown parameter "${unknown}"; there are ${NAMES.join(', ')}` };
  const fault = placeFault(params);
  if (fault !== undefined) return fault;
  if (STREAMS.some(name => params.has(name))) return withOnePort(parseStream(params));
  if (params.has('port')) return { fault: 'port is for tls=HOST' };
  const asked = parseAsked(params.get('grpc'), params.get('http'));
  if ('fault' in asked) return asked;
  const headers = parseHeaders(params.getAll('header'));
  if ('fault' in headers) return headers;
  const { host: said, ...fields } = headers.fields;
  const host = parseHost([params.get('host'), asked.named, said ?? null]);
  if (host !== null && typeof host === 'object') return host;
  const client = params.get('client');
  if (client !== null && normalAddress(client) === undefined) return { fault: `"${client}" is not an IP address` };
  const { method, path } = asked;
  return {
    protocol: protocolOf(asked, headers.fields),
    method,
    path,
    host,
    headers: fields,
    client,
    ...parsePlace(params),
  };
}

/** The host that all ways of saying it mean; null: none says one. */
function parseHost(named: readonly (string | null)[]): string | null | { readonly fault: string } {
  const hosts = named.filter(host => host !== null && host !== '') as readonly string[];
  const malformed = hosts.find(host => !isAuthority(host));
  if (malformed !== undefined) {
    const ascii = domainToASCII(malformed);
    const meant = isAuthority(ascii) && ascii !== malformed ? `; clients name it ${ascii}` : '';
    return { fault: `"${malformed}" is not a host: a request that names it is refused as malformed${meant}` };
  }
  const [host = null, other] = new Set(hosts.map(hostOfAuthority));
  return other === undefined
    ? host
    : { fault: `"${host}" and "${other}" are two hosts: such a request is refused as malformed` };
}

/** What a snapshot does with what is asked about. */
export function explainQuestion(
  snapshot: Snapshot,
  question: Question | StreamQuestion,
): Explanation | StreamExplanation {
  return 'transport' in question ? explainStream(snapshot, question) : explain(snapshot, question);
}

function parsePlace(params: URLSearchParams): PlaceQuestion {
  const gateway = params.get('gateway');
  return {
    gateway: gateway === null ? null : gateway.includes('/') ? gateway : `default/${gateway}`,
    listener: params.get('listener'),
    clientNamespace: params.get('client-namespace'),
    to: parseService(params.get('to')),
  };
}

type PlaceQuestion = Pick<Question, 'gateway' | 'listener' | 'clientNamespace' | 'to'>;

/** `[NAMESPACE/]NAME[:PORT]`. */
function parseService(text: string | null): Question['to'] {
  const [, namespace = 'default', name = '', port] = SERVICE.exec(text ?? '') ?? [];
  return name === '' ? null : { service: `${namespace}/${name}`, port: port === undefined ? null : Number(port) };
}

const SERVICE = /^(?:([a-z0-9-]+)\/)?([a-z0-9-]+)(?::(\d{1,5}))?$/;

/** Why the parameters about places make no sense. */
function placeFault(params: URLSearchParams): { readonly fault: string } | undefined {
  const to = params.get('to');
  const namespace = params.get('client-namespace');
  if (namespace !== null && !isDnsLabel(namespace)) return { fault: `"${namespace}" is not the name of a namespace` };
  if (to !== null && !SERVICE.test(to)) return { fault: `"${to}" is not a Service: [NAMESPACE/]NAME[:PORT]` };
  return to !== null && params.has('gateway') ? { fault: 'to and gateway exclude each other' } : undefined;
}

function parseStream(params: URLSearchParams): StreamQuestion | { readonly fault: string } {
  const other = ['grpc', 'http', 'host', 'client', 'header'].find(name => params.has(name));
  if (other !== undefined) return { fault: `${other} is for requests: a stream has none to be asked about` };
  const [transport, ...more] = STREAMS.filter(name => params.has(name));
  if (transport === undefined || more.length > 0) return { fault: 'one of tcp=PORT, udp=PORT and tls=HOST is needed' };
  if (transport === 'tls') return parseServerName(params);
  if (params.has('port')) return { fault: 'port is for tls=HOST' };
  const port = parsePort(params.get(transport) ?? '');
  return typeof port === 'number' ? { transport, port, ...parsePlace(params) } : port;
}

/** The port of a Service is said once, or twice the same. */
function withOnePort(asked: StreamQuestion | { readonly fault: string }): StreamQuestion | { readonly fault: string } {
  if ('fault' in asked) return asked;
  const { transport, port, to } = asked;
  if (to === null || to.port === null || port === null || to.port === port) return asked;
  const other = transport === 'tls' ? 'port' : transport;
  return { fault: `to asks about port ${to.port} and ${other} about port ${port}: write the same, or no port in to` };
}

function parseServerName(params: URLSearchParams): StreamQuestion | { readonly fault: string } {
  const serverName = (params.get('tls') ?? '').toLowerCase().replace(/\.$/, '');
  if (serverName !== '' && !isAuthority(serverName)) return { fault: `"${serverName}" is not a server name` };
  const text = params.get('port');
  const port = text === null ? null : parsePort(text);
  if (port !== null && typeof port !== 'number') return port;
  return { transport: 'tls', serverName, port, ...parsePlace(params) };
}

function parsePort(text: string): number | { readonly fault: string } {
  const port = Number(text);
  const isPort = /^\d{1,5}$/.test(text) && port >= 1 && port <= LAST_PORT;
  return isPort ? port : { fault: `"${text}" is not a port: a number from 1 to 65535` };
}

/** As the traffic's own headers decide it: the way of asking only gives the default. */
function protocolOf({ protocol, method }: Asked, headers: Readonly<Record<string, string>>): Question['protocol'] {
  const contentType = Object.hasOwn(headers, 'content-type') ? headers['content-type'] : undefined;
  if (contentType === undefined) return protocol;
  return method === 'POST' && isGrpcContentType(contentType) ? 'grpc' : 'http';
}

/** `named`: the host, where a whole URL is asked about; null: it is not. */
type Asked = Pick<Question, 'protocol' | 'method' | 'path'> & { readonly named: string | null };

/** A method of any name, before a path, a URL, or the `*` of OPTIONS. */
const REQUEST = /^(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s+)?(?:https?:\/\/([^\s/?#]+))?(\/\S*|\*|)$/i;

function parseAsked(grpc: string | null, http: string | null): Asked | { readonly fault: string } {
  if ((grpc === null) === (http === null))
    return { fault: 'one of grpc=pkg.Service/Method and http=GET /path is needed' };
  if (grpc !== null) {
    // As it stands on the wire, whatever it is: the explanation says what a gateway does with it.
    if (grpc.startsWith('/')) return { protocol: 'grpc', method: 'POST', path: grpc, named: null };
    const [, service, method] = /^([^/\s]+)\/([^/\s]+)$/.exec(grpc) ?? [];
    if (service === undefined || method === undefined) return { fault: `"${grpc}" is not pkg.Service/Method` };
    return { protocol: 'grpc', method: 'POST', path: `/${service}/${method}`, named: null };
  }
  return parseRequest(http ?? '');
}

function parseRequest(text: string): Asked | { readonly fault: string } {
  const [, verb = 'GET', named = null, rest = ''] = REQUEST.exec(text) ?? [];
  const method = verb.toUpperCase();
  if (method === 'CONNECT')
    return {
      fault: 'CONNECT is not served: it is answered with 501, and an upgrade is a GET with the header "upgrade"',
    };
  const path = rest === '' && named !== null ? '/' : rest;
  if (path === '' || (path === '*' && (method !== 'OPTIONS' || named !== null)))
    return { fault: `"${text}" is not METHOD /path` };
  return { protocol: 'http', method, path: path.replace(/[^ -~]+/gu, encodeURIComponent), named };
}

function parseHeaders(
  texts: readonly string[],
): { readonly fields: Readonly<Record<string, string>> } | { readonly fault: string } {
  const fields: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf(':');
    const name = text.slice(0, at).trim().toLowerCase();
    if (at <= 0 || name === '') return { fault: `header "${text}" is not name: value` };
    const value = text.slice(at + 1).trim();
    fields[name] = Object.hasOwn(fields, name) ? `${fields[name]}${fieldSeparator(name)}${value}` : value;
  }
  return { fields };
}
