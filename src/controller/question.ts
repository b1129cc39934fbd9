// SPDX-License-Identifier: Apache-2.0

import {
  type Explanation,
  explain,
  explainStream,
  fieldSeparator,
  type Question,
  type StreamExplanation,
  type StreamQuestion,
} from '../match/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { hostOfAuthority, isAuthority, normalAddress } from '../values/index.ts';
import { isGrpcContentType } from '../wire/index.ts';

const NAMES = ['grpc', 'http', 'tcp', 'udp', 'host', 'client', 'gateway', 'listener', 'header'];
/** The highest there is. */
const LAST_PORT = 65_535;

/** Reads a question from the parameters of `/explain`, which the command line fills too. */
export function parseQuestion(params: URLSearchParams): Question | StreamQuestion | { readonly fault: string } {
  const unknown = [...params.keys()].find(name => !NAMES.includes(name));
  if (unknown !== undefined) return { fault: `unknown parameter "${unknown}"; there are ${NAMES.join(', ')}` };
  if (params.has('tcp') || params.has('udp')) return parseStream(params);
  const asked = parseAsked(params.get('grpc'), params.get('http'));
  if ('fault' in asked) return asked;
  const headers = parseHeaders(params.getAll('header'));
  if ('fault' in headers) return headers;
  const host = params.get('host');
  if (host !== null && host !== '' && !isAuthority(host)) {
    return { fault: `"${host}" is not a host: a request that names it is refused as malformed` };
  }
  const client = params.get('client');
  if (client !== null && normalAddress(client) === undefined) return { fault: `"${client}" is not an IP address` };
  return {
    ...asked,
    protocol: protocolOf(asked, headers.fields),
    host: host === null || host === '' ? null : hostOfAuthority(host),
    headers: headers.fields,
    client,
    ...parsePlace(params),
  };
}

/** What a snapshot does with what is asked about. */
export function explainQuestion(
  snapshot: Snapshot,
  question: Question | StreamQuestion,
): Explanation | StreamExplanation {
  return 'transport' in question ? explainStream(snapshot, question) : explain(snapshot, question);
}

function parsePlace(params: URLSearchParams): Pick<Question, 'gateway' | 'listener'> {
  const gateway = params.get('gateway');
  return {
    gateway: gateway === null ? null : gateway.includes('/') ? gateway : `default/${gateway}`,
    listener: params.get('listener'),
  };
}

function parseStream(params: URLSearchParams): StreamQuestion | { readonly fault: string } {
  const other = ['grpc', 'http', 'host', 'client', 'header'].find(name => params.has(name));
  if (other !== undefined)
    return { fault: `${other} is for requests: a port of TCP or UDP has none to be asked about` };
  const [transport, ...more] = (['tcp', 'udp'] as const).filter(name => params.has(name));
  if (transport === undefined || more.length > 0) return { fault: 'one of tcp=PORT and udp=PORT is needed' };
  const text = params.get(transport) ?? '';
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > LAST_PORT) return { fault: `"${text}" is not a port` };
  return { transport, port, ...parsePlace(params) };
}

/** As the traffic's own headers decide it: the way of asking only gives the default. */
function protocolOf({ protocol, method }: Asked, headers: Readonly<Record<string, string>>): Question['protocol'] {
  const contentType = Object.hasOwn(headers, 'content-type') ? headers['content-type'] : undefined;
  if (contentType === undefined) return protocol;
  return method === 'POST' && isGrpcContentType(contentType) ? 'grpc' : 'http';
}

type Asked = Pick<Question, 'protocol' | 'method' | 'path'>;

function parseAsked(grpc: string | null, http: string | null): Asked | { readonly fault: string } {
  if ((grpc === null) === (http === null))
    return { fault: 'one of grpc=pkg.Service/Method and http=GET /path is needed' };
  if (grpc !== null) {
    // As it stands on the wire, whatever it is: the explanation says what a gateway does with it.
    if (grpc.startsWith('/')) return { protocol: 'grpc', method: 'POST', path: grpc };
    const [, service, method] = /^([^/\s]+)\/([^/\s]+)$/.exec(grpc) ?? [];
    if (service === undefined || method === undefined) return { fault: `"${grpc}" is not pkg.Service/Method` };
    return { protocol: 'grpc', method: 'POST', path: `/${service}/${method}` };
  }
  const [, verb = 'GET', path] = /^(?:([A-Za-z]+)\s+)?(\/\S*)$/.exec(http ?? '') ?? [];
  if (path === undefined) return { fault: `"${http}" is not METHOD /path` };
  return { protocol: 'http', method: verb.toUpperCase(), path: path.replace(/[^ -~]+/gu, encodeURIComponent) };
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
