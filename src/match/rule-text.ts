// SPDX-License-Identifier: Apache-2.0

import type {
  CorsPolicy,
  ExternalAuth,
  Filter,
  HeaderChange,
  ListenerFilter,
  OriginPattern,
  PathChange,
  Redirect,
  UrlRewrite,
} from '../snapshot/index.ts';

/** What a filter does, in one line. */
export function describeFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'request-headers':
      return `request headers: ${describeChange(filter.change)}`;
    case 'response-headers':
      return `response headers: ${describeChange(filter.change)}`;
    case 'mirror': {
      const { numerator, denominator } = filter.share;
      return `mirror ${formatShare((100 * numerator) / denominator)} % to ${filter.target.cluster}`;
    }
    case 'external-auth':
      return `external auth: ${describeAuth(filter.auth)}`;
    case 'redirect':
      return describeRedirect(filter.redirect);
    case 'cors':
      return `CORS: ${describeCors(filter.policy)}`;
    case 'rewrite':
      return `rewrite: ${describeUrl(filter.rewrite).join(', ') || 'nothing'}`;
    case 'message-limit':
      return `messages of clients: at most ${filter.maxBytes} bytes`;
  }
}

/** What a filter of a listener does, in one line. */
export function describeListenerFilter(filter: ListenerFilter): string {
  switch (filter.kind) {
    case 'external-auth':
      return describeFilter(filter);
    case 'fault':
      return `nothing passes: ${filter.fault.message}`;
  }
}

function describeAuth({ kind, cluster, maxBodyBytes }: ExternalAuth): string {
  const how = kind === 'grpc' ? 'by gRPC' : 'by HTTP';
  const body = maxBodyBytes === 0 ? '' : `, with the body up to ${maxBodyBytes} bytes`;
  return `${cluster} is asked ${how}${body}; without its yes the request is denied`;
}

function describeCors({ origins, credentials, methods, headers, exposed }: CorsPolicy): string {
  const list = (items: 'any' | readonly string[]): string => (items === 'any' ? 'any' : items.join(', '));
  const from = origins === 'any' ? 'any origin' : origins.map(describeOrigin).join(', ');
  const parts = [
    from === '' ? 'no page of another origin may call' : `pages of ${from} may call`,
    ...(credentials ? ['with credentials'] : []),
    ...(methods.length === 0 ? [] : [`methods ${list(methods)}`]),
    ...(headers.length === 0 ? [] : [`headers ${list(headers)}`]),
    ...(exposed.length === 0 ? [] : [`see ${list(exposed)}`]),
  ];
  return parts.join('; ');
}

function describeOrigin({ scheme, host, port }: OriginPattern): string {
  return `${scheme}://${host}${port === (scheme === 'https' ? 443 : 80) ? '' : `:${port}`}`;
}

function describeRedirect({ status, scheme, port, ...url }: Redirect): string {
  const parts = [
    ...(scheme === null ? [] : [`scheme ${scheme}`]),
    ...(port === null ? [] : [`port ${port}`]),
    ...describeUrl(url),
  ];
  return `redirect with ${status}: ${parts.join(', ') || 'to the same place'}`;
}

function describeUrl({ hostname, path }: UrlRewrite): string[] {
  return [
    ...(hostname === null ? [] : [`host ${hostname}`]),
    ...(path === null ? [] : [path.kind === 'full' ? `path ${path.value}` : describePrefix(path)]),
  ];
}

function describePrefix({ prefix, value }: Extract<PathChange, { kind: 'prefix' }>): string {
  return `${value || '/'} in place of the prefix ${prefix || '/'}`;
}

function describeChange({ set, add, remove }: HeaderChange): string {
  const parts = [
    ...set.map(({ name, value }) => `set ${name}: ${value}`),
    ...add.map(({ name, value }) => `add ${name}: ${value}`),
    ...remove.map(name => `remove ${name}`),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** A percentage with at most three significant digits: `90`, `33.3`, `0.001`. */
export function formatShare(percent: number): string {
  return String(Number(percent.toPrecision(3)));
}
