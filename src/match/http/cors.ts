// SPDX-License-Identifier: Apache-2.0

/** What is said to pages of other origins (Fetch standard, §3.2; GEP-1767). */
import type { CorsPolicy, OriginPattern } from '../../snapshot/index.ts';
import { hostnameMatches } from '../../values/index.ts';

/** What a request says of the page that sent it: the fields of these names; undefined: it has none. */
export interface CorsRequest {
  readonly method: string;
  readonly origin: string | undefined;
  /** `access-control-request-method` */
  readonly wantedMethod: string | undefined;
  /** `access-control-request-headers` */
  readonly wantedHeaders: string | undefined;
}

type Fields = readonly (readonly [name: string, value: string])[];

/** Fields of responses that only the gateway says where there is a policy: those of endpoints are dropped. */
export const CORS_RESPONSE_FIELDS = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
] as const;

/** A client's question whether a call would be allowed; no endpoint is asked. */
export function isPreflight({ method, origin, wantedMethod }: CorsRequest): boolean {
  return method === 'OPTIONS' && origin !== undefined && wantedMethod !== undefined;
}

/** Whether pages of an origin may call. What is no origin, such as `null`, is allowed with all others only. */
export function allowsOrigin({ origins }: CorsPolicy, origin: string): boolean {
  if (origins === 'any') return true;
  const parts = ORIGIN.exec(origin.toLowerCase());
  if (parts === null) return false;
  const [, scheme = '', host = '', port] = parts;
  const asked = { scheme, host, port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port) };
  return origins.some(pattern => takesOrigin(pattern, asked));
}

const ORIGIN = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^:/?#@[\]]+)(?::(\d{1,5}))?$/;

function takesOrigin(
  pattern: OriginPattern,
  { scheme, host, port }: { scheme: string; host: string; port: number },
): boolean {
  return pattern.scheme === scheme && pattern.port === port && hostnameMatches(pattern.host, host);
}

/** Whether answers differ by origin. False: all get the same fields, whoever asks. */
export function dependsOnOrigin({ origins, credentials }: CorsPolicy): boolean {
  return origins !== 'any' || credentials;
}

/** The fields of each answer to a page that may call. `origin`: undefined for requests that name none. */
export function sharingFields(policy: CorsPolicy, origin: string | undefined): Fields {
  if (!dependsOnOrigin(policy)) return [['access-control-allow-origin', '*'], ...exposedFields(policy)];
  // Caches must not give one origin the answer of another.
  const vary = ['vary', 'origin'] as const;
  if (origin === undefined || !allowsOrigin(policy, origin)) return [vary];
  const credentials = policy.credentials ? ([['access-control-allow-credentials', 'true']] as const) : [];
  return [['access-control-allow-origin', origin], ...credentials, ...exposedFields(policy), vary];
}

/** `*` would not stand for all where credentials may come (HTTPCORSFilter.exposeHeaders). */
function exposedFields({ exposed, credentials }: CorsPolicy): Fields {
  const names = exposed === 'any' ? (credentials ? [] : ['*']) : exposed;
  return listField('access-control-expose-headers', names);
}

/** The fields of the answer to a preflight whose origin is allowed. Where all is allowed, that is what was asked for. */
export function preflightFields(policy: CorsPolicy, { origin, wantedMethod, wantedHeaders }: CorsRequest): Fields {
  const { methods, headers, maxAgeSeconds } = policy;
  return [
    ...sharingFields(policy, origin),
    ...listField('access-control-allow-methods', methods === 'any' ? [wantedMethod ?? ''] : methods),
    ...listField('access-control-allow-headers', headers === 'any' ? [wantedHeaders ?? ''] : headers),
    ['access-control-max-age', String(maxAgeSeconds)],
  ];
}

function listField(name: string, items: readonly string[]): Fields {
  const value = items.join(', ');
  return value === '' ? [] : [[name, value]];
}

/** What a preflight of a foreign origin is told. */
export function foreignOriginText(origin: string): string {
  return `pages of the origin ${origin} may not call this route`;
}
