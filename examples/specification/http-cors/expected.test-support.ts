// SPDX-License-Identifier: Apache-2.0

import type { Expected, Page } from '../page.test-support.ts';

const ALLOW = 'access-control-allow';

/** A preflight, and a call, of a page of an origin; `is`: fields of the answer to the preflight. `shared`: of both. */
function asked(
  path: string,
  origin: string,
  { is = {}, shared }: { is?: Expected['is']; shared: Expected['is'] },
): readonly Expected[] {
  const at = { listener: 'same-namespace/http', host: 'api.example.com', path };
  const wanted = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-header-1, x-header-2' };
  return [
    { of: { ...at, method: 'OPTIONS', fields: { origin, ...wanted } }, is: { ...shared, ...is } },
    { of: { ...at, fields: { origin } }, is: { from: 'infra-backend-v1', ...shared } },
  ];
}

/** What a page of another origin gets. */
function refused(path: string, origin: string): readonly Expected[] {
  return asked(path, origin, { shared: { [`${ALLOW}-origin`]: undefined } });
}

const SHARED = {
  [`${ALLOW}-credentials`]: 'true',
  'access-control-expose-headers': 'x-header-3, x-header-4',
};
const ALL = {
  status: 204,
  [`${ALLOW}-methods`]: 'GET, OPTIONS',
  [`${ALLOW}-headers`]: 'x-header-1, x-header-2',
  'access-control-max-age': '3600',
};
const WITH = '/cors-behavior-creds-true/x';
const WITHOUT = '/cors-behavior-creds-false/x';

/** Answers to pages of `origin` that may call, with credentials or without. */
function allowed(path: string, origin: string, said = origin): readonly Expected[] {
  const credentials = path === WITH ? 'true' : undefined;
  const shared = { [`${ALLOW}-origin`]: said, [`${ALLOW}-credentials`]: credentials };
  return asked(path, origin, { is: { status: 204, 'access-control-max-age': '5' }, shared });
}

export const pages: readonly Page[] = [
  {
    about: 'all fields',
    files: ['httproute-all-fields-set.yaml'],
    expected: [
      ...['https://www.foo.com', 'https://www.bar.com', 'https://xpto.www.bar.com'].flatMap(origin =>
        asked(WITH, origin, { is: ALL, shared: { ...SHARED, [`${ALLOW}-origin`]: origin } }),
      ),
      ...refused(WITH, 'https://foobar.com'),
    ],
  },
  {
    about: 'credentials',
    files: ['httproute-credentials-true.yaml'],
    expected: [...allowed(WITH, 'https://app.example'), ...refused(WITH, 'https://www.app.example')],
  },
  {
    about: 'one origin',
    files: ['httproute-specific-origin-no-creds.yaml'],
    expected: [...allowed(WITHOUT, 'https://app.example'), ...refused(WITHOUT, 'http://app.example')],
  },
  {
    about: 'all origins',
    files: ['httproute-all-origins-no-creds.yaml'],
    expected: allowed(WITHOUT, 'https://foobar.com:12345', '*'),
  },
  {
    about: 'origins with wildcards',
    files: ['httproute-origins-with-wildcards-no-creds.yaml'],
    expected: [
      ...['https://www.baz.com', 'https://a.bar.com', 'https://b.a.foo.com'].flatMap(origin =>
        allowed(WITHOUT, origin),
      ),
      ...refused(WITHOUT, 'https://bar.com'),
    ],
  },
];
