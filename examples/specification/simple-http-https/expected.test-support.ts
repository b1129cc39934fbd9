// SPDX-License-Identifier: Apache-2.0

import type { Page } from '../page.test-support.ts';

const http = 'example-gateway/http';

export const pages: readonly Page[] = [
  {
    about: 'HTTP and HTTPS with a redirect between them',
    files: ['gateway.yaml', 'tls-redirect-route.yaml', 'foo-route.yaml', 'bar-route.yaml'],
    expected: [
      {
        of: { listener: http, host: 'bar.example.com', path: '/x' },
        is: { status: 302, location: 'https://bar.example.com/x' },
      },
      {
        of: { listener: 'example-gateway/https', isTls: true, host: 'foo.example.com', path: '/orders/7' },
        is: { from: 'foo-orders-app' },
      },
      {
        of: { listener: 'example-gateway/https', isTls: true, host: 'foo.example.com', path: '/ordersX' },
        is: { from: 'foo-app' },
      },
      {
        of: { listener: 'example-gateway/https', isTls: true, host: 'bar.example.com', path: '/' },
        is: { from: 'bar-app' },
      },
    ],
  },
];
