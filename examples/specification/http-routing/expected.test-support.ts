// SPDX-License-Identifier: Apache-2.0

import type { Page } from '../page.test-support.ts';

const http = 'example-gateway/http';

export const pages: readonly Page[] = [
  {
    about: 'HTTP routing',
    files: ['gateway.yaml', 'foo-httproute.yaml', 'bar-httproute.yaml'],
    expected: [
      { of: { listener: http, host: 'example.com', path: '/any' }, is: { from: 'example-svc' } },
      { of: { listener: http, host: 'foo.example.com', path: '/login/now' }, is: { from: 'foo-svc' } },
      { of: { listener: http, host: 'foo.example.com', path: '/logout' }, is: { status: 404 } },
      { of: { listener: http, host: 'bar.example.com', path: '/' }, is: { from: 'bar-svc' } },
      {
        of: { listener: http, host: 'bar.example.com', path: '/', fields: { env: 'canary' } },
        is: { from: 'bar-svc-canary' },
      },
    ],
  },
];
