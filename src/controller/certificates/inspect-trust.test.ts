// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CERTIFICATE } from './example-certificate.test-support.ts';
import { inspectTrust, MAX_TRUSTED_CERTIFICATES } from './inspect-trust.ts';

describe('certificates of authorities', () => {
  it('are read one by one, without the text around them', () => {
    const notAfterMs = Date.UTC(2099, 11, 31);
    assert.deepEqual(inspectTrust(`\uFEFF# ours\n${CERTIFICATE}\nof old:\n${CERTIFICATE}\n`), {
      certificates: [
        { pem: CERTIFICATE, notAfterMs },
        { pem: CERTIFICATE, notAfterMs },
      ],
    });
  });

  for (const [what, text, problem] of [
    ['nothing', 'not a certificate', 'it has no PEM certificate'],
    ['a key alone', '-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----', 'it has no PEM certificate'],
    ['a block without an end', `${CERTIFICATE}\n${CERTIFICATE.slice(0, 100)}`, '1 of 2 certificates do not end'],
    [
      'one that cannot be read',
      `${CERTIFICATE}\n-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----`,
      'certificate 2 cannot be read',
    ],
    [
      'too many',
      `${CERTIFICATE}\n`.repeat(MAX_TRUSTED_CERTIFICATES + 1),
      `it has ${MAX_TRUSTED_CERTIFICATES + 1} certificates, and ${MAX_TRUSTED_CERTIFICATES} are the most`,
    ],
  ] as const) {
    it(`are refused as a whole: ${what}`, () => {
      assert.deepEqual(inspectTrust(text), { problem });
    });
  }
});
