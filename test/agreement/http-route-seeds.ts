// SPDX-License-Identifier: Apache-2.0

/** Valid HTTPRoutes that have, together, every field and every type of filter. */
import type { Json } from './json.ts';
import { GROUP, headers, metadata, routeStatus, sharedFilters } from './shared-seeds.ts';

const authBackend = { group: '', kind: 'Service', name: 'auth', namespace: 'team-b', port: 9000 };

const cors = {
  allowOrigins: ['https://*.example.com:8443', 'http://a.example.org'],
  allowCredentials: true,
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['x-token', 'X-Other'],
  exposeHeaders: ['x-answer', '*'],
  maxAge: 600,
};

const filters = [
  ...sharedFilters,
  {
    type: 'URLRewrite',
    urlRewrite: { hostname: 'new.example.com', path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } },
  },
  { type: 'CORS', cors },
  {
    type: 'ExternalAuth',
    externalAuth: {
      protocol: 'HTTP',
      backendRef: authBackend,
      http: { path: '/check/%20a', allowedHeaders: ['x-a', ''], allowedResponseHeaders: ['x-b'] },
      forwardBody: { maxSize: 8192 },
    },
  },
  {
    type: 'ExternalAuth',
    externalAuth: {
      protocol: 'GRPC',
      backendRef: { group: 'gateway.networking.x-k8s.io', kind: 'XBackend', name: 'outside' },
      grpc: { allowedHeaders: ['x-a'] },
    },
  },
];

const fullPath = { type: 'ReplaceFullPath', replaceFullPath: '/all' };

const redirects = [
  {
    type: 'RequestRedirect',
    requestRedirect: {
      scheme: 'https',
      hostname: 'new.example.com',
      port: 8443,
      statusCode: 301,
      path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '' },
    },
  },
];

/** Every field. */
const large = {
  apiVersion: `${GROUP}/v1`,
  kind: 'HTTPRoute',
  metadata: { ...metadata, namespace: 'team-a' },
  spec: {
    parentRefs: [
      { group: GROUP, kind: 'Gateway', namespace: 'infra', name: 'gw', sectionName: 'web', port: 443 },
      { namespace: 'infra', name: 'gw', sectionName: 'plain', port: 443 },
      { group: '', kind: 'Service', name: 'svc', port: 9000 },
    ],
    useDefaultGateways: 'None',
    hostnames: ['api.example.com', '*.example.org'],
    rules: [
      {
        name: 'users',
        matches: [
          {
            path: { type: 'PathPrefix', value: '/users' },
            headers: [
              { type: 'Exact', name: 'x-version', value: 'a b' },
              { type: 'RegularExpression', name: 'X-Version', value: '^(a|b' },
            ],
            queryParams: [
              { type: 'Exact', name: 'page', value: 'any text' },
              { type: 'RegularExpression', name: 'Page', value: '(' },
            ],
            method: 'GET',
          },
        ],
        filters,
        backendRefs: [
          { group: '', kind: 'Service', name: 'users', namespace: 'team-b', port: 80, weight: 90, filters },
          { name: 'canary', port: 80, weight: 0, filters: redirects },
          {
            group: 'gateway.networking.x-k8s.io',
            kind: 'XBackend',
            name: 'outside',
            filters: [{ type: 'URLRewrite', urlRewrite: { path: fullPath } }],
          },
        ],
        timeouts: { request: '10s', backendRequest: '2s' },
        retry: { codes: [500, 503], attempts: 3, backoff: '100ms' },
        sessionPersistence: {
          absoluteTimeout: '1h30m',
          type: 'Cookie',
          cookie: { name: 'sticky', path: '/users', lifetimeType: 'Permanent' },
        },
      },
      {
        name: 'moved',
        matches: [{ path: { type: 'PathPrefix', value: '/old' } }],
        filters: redirects,
      },
      {
        matches: [{ path: { type: 'Exact', value: '/exact' } }, { path: { type: 'RegularExpression', value: '(' } }],
        filters: [{ type: 'URLRewrite', urlRewrite: { path: fullPath } }],
        backendRefs: [
          { name: 'a', port: 1, filters: [{ type: 'RequestRedirect', requestRedirect: { path: fullPath } }] },
        ],
        timeouts: { request: '0s', backendRequest: '5s' },
        retry: {},
        sessionPersistence: { type: 'Header', header: { name: 'x-session' } },
      },
      {
        filters: [{ type: 'RequestRedirect', requestRedirect: { path: fullPath } }],
      },
    ],
  },
  status: routeStatus,
};

/** As short as can be, and in the older version. */
const small = {
  apiVersion: `${GROUP}/v1beta1`,
  kind: 'HTTPRoute',
  metadata: { name: 'small' },
  spec: { rules: [{ backendRefs: [{ name: 'b', port: 80 }] }] },
};

/** A rule so long that several of it are more than a route may have. */
const long = {
  ...small,
  spec: { rules: [{ matches: [{}, {}, {}, {}, {}, {}, {}, {}, { method: 'PUT' }] }, { name: 'b' }] },
};

/** Changes of the prefix in the backends of one rule: what one of them may not, two may. */
const prefixes = {
  ...small,
  spec: {
    rules: [
      {
        matches: [{ path: { value: '/a' } }],
        backendRefs: [
          { name: 'a', port: 80, filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: headers }] },
          {
            name: 'b',
            port: 80,
            filters: [
              { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/b' } } },
            ],
          },
          { name: 'c', port: 80, filters: redirects },
        ],
      },
    ],
  },
};

export const HTTP_ROUTE_SEEDS: readonly Json[] = [large, small, long, prefixes];
