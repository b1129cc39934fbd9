// SPDX-License-Identifier: Apache-2.0

import type { Page } from '../page.test-support.ts';

export const pages: readonly Page[] = [
  {
    about: 'adding a request header',
    files: ['http-request-header-add.yaml'],
    expected: [
      {
        of: { listener: 'acme-gw/http', host: 'a.example', path: '/add-a-request-header' },
        is: { from: 'echo', 'seen:my-header-name': 'my-header-value' },
      },
      {
        of: {
          listener: 'acme-gw/http',
          host: 'a.example',
          path: '/add-a-request-header',
          fields: { 'my-header-name': 'was' },
        },
        is: { 'seen:my-header-name': 'was,my-header-value' },
      },
    ],
  },
  {
    about: 'setting a request header',
    files: ['http-request-header-set.yaml'],
    expected: [
      {
        of: {
          listener: 'acme-gw/http',
          host: 'a.example',
          path: '/edit-a-request-header',
          fields: { 'my-header-name': 'was' },
        },
        is: { 'seen:my-header-name': 'my-new-header-value' },
      },
    ],
  },
  {
    about: 'removing a request header',
    files: ['http-request-header-remove.yaml'],
    expected: [
      {
        of: {
          listener: 'acme-gw/http',
          host: 'a.example',
          path: '/remove-a-request-header',
          fields: { 'x-request-id': 'mine' },
        },
        is: { from: 'echo', 'seen:x-request-id': undefined },
      },
    ],
  },
  {
    about: 'adding response headers',
    files: ['http-response-header.yaml'],
    expected: [
      {
        of: { listener: 'acme-gw/http', host: 'a.example', path: '/add-multiple-response-headers' },
        is: {
          from: 'echo',
          'x-header-add-1': 'header-add-1',
          'x-header-add-2': 'header-add-2',
          'x-header-add-3': 'header-add-3',
          'content-disposition': 'attachment; filename="example_file.txt"',
        },
      },
    ],
  },
];
