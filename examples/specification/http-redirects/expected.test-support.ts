// SPDX-License-Identifier: Apache-2.0

import type { Page } from '../page.test-support.ts';

const http = 'redirect-gateway/http';

export const pages: readonly Page[] = [
  {
    about: 'redirects from HTTP to HTTPS',
    files: ['gateway-redirect-http-https.yaml', 'httproute-redirect-http.yaml', 'httproute-redirect-https.yaml'],
    expected: [
      {
        of: { listener: http, host: 'redirect.example', path: '/a?b=c' },
        is: { status: 301, location: 'https://redirect.example:PORT(redirect-gateway/https)/a?b=c' },
      },
      {
        of: { listener: 'redirect-gateway/https', isTls: true, host: 'redirect.example', path: '/a' },
        is: { status: 200, from: 'example-svc' },
      },
    ],
  },
  {
    about: 'redirects of a full path',
    files: ['gateway-redirect-http-https.yaml', 'httproute-redirect-full.yaml'],
    parent: 'redirect-gateway',
    expected: [
      {
        of: { listener: http, host: 'redirect.example', path: '/cayenne/pinch' },
        is: { status: 302, location: 'http://redirect.example:PORT/paprika' },
      },
    ],
  },
  {
    about: 'redirects of a prefix',
    files: ['gateway-redirect-http-https.yaml', 'httproute-redirect-prefix.yaml'],
    parent: 'redirect-gateway',
    expected: [
      {
        of: { listener: http, host: 'redirect.example', path: '/cayenne/pinch' },
        is: { status: 302, location: 'http://redirect.example:PORT/paprika/pinch' },
      },
    ],
  },
  {
    about: 'redirects that keep or change the method',
    files: [
      'gateway-redirect-http-https.yaml',
      'httproute-redirect-303.yaml',
      'httproute-redirect-307.yaml',
      'httproute-redirect-308.yaml',
    ],
    expected: [
      {
        of: { listener: http, host: 'forms.example.com', path: '/submit-form', method: 'POST' },
        is: { status: 303, location: 'http://forms.example.com:PORT/thank-you' },
      },
      {
        of: { listener: http, host: 'forms.example.com', path: '/submit-form' },
        is: { status: 404 },
      },
      {
        of: { listener: http, host: 'api.example.com', path: '/api/v1/users', method: 'PUT' },
        is: { status: 307, location: 'http://api.example.com:PORT/api/v2' },
      },
      {
        of: { listener: http, host: 'api.example.com', path: '/old-api' },
        is: { status: 308, location: 'http://api.example.com:PORT/new-api' },
      },
    ],
  },
];
