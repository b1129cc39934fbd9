// SPDX-License-Identifier: Apache-2.0

import type { Page } from '../page.test-support.ts';

export const pages: readonly Page[] = [
  {
    about: 'a canary behind a header',
    files: ['traffic-split-1.yaml'],
    parent: 'prod-web-gw',
    expected: [
      { of: { listener: 'prod-web-gw/http', host: 'foo.example.com', path: '/' }, is: { from: 'foo-v1' } },
      {
        of: { listener: 'prod-web-gw/http', host: 'foo.example.com', path: '/', fields: { traffic: 'test' } },
        is: { from: 'foo-v2' },
      },
    ],
  },
  {
    about: 'the end of a rollout',
    files: ['traffic-split-3.yaml'],
    parent: 'prod-web-gw',
    expected: [{ of: { listener: 'prod-web-gw/http', host: 'foo.example.com', path: '/' }, is: { from: 'foo-v2' } }],
  },
];
