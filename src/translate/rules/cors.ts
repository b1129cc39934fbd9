// SPDX-License-Identifier: Apache-2.0

import type { HTTPRouteFilter } from '../../resources/index.ts';
import type { CorsPolicy, OriginPattern } from '../../snapshot/index.ts';

type WrittenCors = Extract<HTTPRouteFilter, { type: 'CORS' }>['cors'];

export function compileCors(written: WrittenCors): CorsPolicy {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, allowCredentials = false, maxAge } = written;
  const origins = listOf(allowOrigins);
  return {
    origins: origins === 'any' ? 'any' : origins.map(compileOrigin),
    credentials: allowCredentials,
    methods: listOf(allowMethods),
    headers: lowered(listOf(allowHeaders)),
    exposed: lowered(listOf(exposeHeaders)),
    maxAgeSeconds: maxAge,
  };
}

function listOf(written: readonly string[] = []): 'any' | readonly string[] {
  return written.includes('*') ? 'any' : written;
}

function lowered(names: 'any' | readonly string[]): 'any' | readonly string[] {
  return names === 'any' ? names : [...new Set(names.map(name => name.toLowerCase()))];
}

/** `scheme://host[:port]`, as the schema has checked; the port is that of the scheme when it is left out. */
function compileOrigin(written: string): OriginPattern {
  const [scheme = '', rest = ''] = written.toLowerCase().split('://');
  const [host = '', port] = rest.split(':');
  const isSecure = scheme === 'https';
  return {
    scheme: isSecure ? 'https' : 'http',
    host,
    port: port === undefined ? (isSecure ? 443 : 80) : Number(port),
  };
}
