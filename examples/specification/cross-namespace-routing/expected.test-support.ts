// SPDX-License-Identifier: Apache-2.0

import type { Page } from '../page.test-support.ts';

export const pages: readonly Page[] = [
  {
    about: 'routing across namespaces',
    files: ['0-namespaces.yaml', 'gateway.yaml', 'site-route.yaml', 'store-route.yaml'],
    expected: ['/', '/store', '/store/7'].map((path, index) => ({
      of: { listener: 'shared-gateway/https', isTls: true, host: 'foo.example.com', path },
      is: { from: index === 0 ? 'home' : 'store' },
    })),
  },
];
