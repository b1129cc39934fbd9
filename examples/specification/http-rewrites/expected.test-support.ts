// SPDX-License-Identifier: Apache-2.0

import type { Page } from '../page.test-support.ts';

export const pages: readonly Page[] = [
  {
    about: 'rewrites of the host',
    files: ['httproute-rewrite.yaml'],
    parent: 'rewrite-gateway',
    expected: [
      {
        of: { listener: 'rewrite-gateway/http', host: 'rewrite.example', path: '/cardamom/twist?a=b' },
        is: { from: 'example-svc', host: 'elsewhere.example', path: '/cardamom/twist?a=b' },
      },
    ],
  },
  {
    about: 'rewrites of a full path',
    files: ['httproute-rewrite-full-path.yaml'],
    parent: 'rewrite-gateway',
    expected: [
      {
        of: { listener: 'rewrite-gateway/http', host: 'rewrite.example', path: '/cardamom/twist' },
        is: { from: 'example-svc', host: 'elsewhere.example', path: '/fennel' },
      },
      { of: { listener: 'rewrite-gateway/http', host: 'rewrite.example', path: '/cumin' }, is: { status: 404 } },
    ],
  },
  {
    about: 'rewrites of a prefix',
    files: ['httproute-rewrite-prefix-path.yaml'],
    parent: 'rewrite-gateway',
    expected: [
      {
        of: { listener: 'rewrite-gateway/http', host: 'rewrite.example', path: '/cardamom/twist?a=b' },
        is: { from: 'example-svc', host: 'elsewhere.example', path: '/fennel/twist?a=b' },
      },
    ],
  },
];
