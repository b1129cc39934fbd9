// SPDX-License-Identifier: Apache-2.0

import { fieldSeparator, type Question } from '../match/index.ts';
import { hostOfAuthority, isAuthority, normalAddress } from '../values/index.ts';
import { isGrpcContentType } from '../wire/index.ts';

const NAMES = ['grpc', 'http', 'host', 'client', 'gateway', 'listener', 'header'];

/** Reads a question from the parameters of `/explain`, which the command line fills too. */
export function parseQuestion(params: URLSearchParams): Question | { readonly fault: string } {
  const unknown = [...params.keys()].find(name => !NAMES.includes(name));
  if (unknown !== undefined) return { fault: `unknown parameter "${unknown}"; there are ${NAMES.join(', ')}` };
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
  const gateway = params.get('gateway');
  return {
    ...asked,
    protocol: protocolOf(asked, headers.fields),
    host: host === null || host === '' ? null : hostOfAuthority(host),
    headers: headers.fields,
    client,
    gateway: gateway === null ? null : gateway.includes('/') ? gateway : `default/${gateway}`,
    listener: params.get('listener'),
  };
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
