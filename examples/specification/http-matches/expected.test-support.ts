// SPDX-License-Identifier: Apache-2.0

import type { Page } from '../page.test-support.ts';

const http = 'example-gateway/http';

export const pages: readonly Page[] = [
  {
    about: 'matches',
    files: ['basic-http.yaml'],
    expected: [
      { of: { listener: 'my-gateway/http', host: 'foo.com', path: '/bar' }, is: { from: 'my-service1' } },
      {
        of: {
          listener: 'my-gateway/http',
          host: 'foo.com',
          path: '/some/thing/else?great=example',
          fields: { magic: 'foo' },
        },
        is: { from: 'my-service2' },
      },
      {
        of: { listener: 'my-gateway/http', host: 'foo.com', path: '/some/thing?great=example' },
        is: { status: 404 },
      },
    ],
  },
  {
    about: 'the match that is implied',
    files: ['default-match-http.yaml'],
    expected: [
      {
        of: { listener: 'default-match-gw/http', host: 'default-match.com', path: '/example/exact' },
        is: { from: 'my-service-2' },
      },
      {
        of: {
          listener: 'default-match-gw/http',
          host: 'default-match.com',
          path: '/any/path',
          fields: { magic: 'default-match' },
        },
        is: { status: 500 },
      },
    ],
  },
  {
    about: 'named rules',
    files: ['http-route-rule-name.yaml'],
    expected: [
      { of: { listener: http, host: 'a.example', path: '/' }, is: { from: 'backend-mirror-svc' } },
      { of: { listener: http, host: 'a.example', path: '/', method: 'PATCH' }, is: { from: 'backend-svc' } },
      { of: { listener: http, host: 'a.example', path: '/', method: 'PUT' }, is: { status: 404 } },
    ],
  },
];
