// SPDX-License-Identifier: Apache-2.0

import { describe, it } from 'node:test';
import { AUTHORITY, OTHER_AUTHORITY, SERVER } from './authorities.test-support.ts';
import { judgeEach } from './verdict-table.test-support.ts';

const trustBundle = AUTHORITY;
const block = (base64: string, label = 'CERTIFICATE'): string =>
  `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
const bundle = {
  apiVersion: 'certificates.k8s.io/v1beta1',
  kind: 'ClusterTrustBundle',
  metadata: { name: 'roots' },
  spec: { trustBundle },
};
const ofSigner = { ...bundle, spec: { trustBundle, signerName: 'example.com/ca' } };
const name = 'metadata.name';

describe('ClusterTrustBundle', () => {
  judgeEach(it, bundle, [
    ['apiVersion', 'certificates.k8s.io/v1alpha1', 'accepted'],
    ['apiVersion', 'certificates.k8s.io/v1', 'accepted'],
    [name, 'example.com:ca:roots', 'schema/metadata-name'],
    [name, '', 'schema/metadata-name'],
    ['spec', undefined, 'schema/trust-bundle', 'spec.trustBundle'],
    ['spec.trustBundle', 'text', 'schema/trust-bundle'],
    ['spec.trustBundle', 1, 'schema/type'],
    ['spec.foo', 1, 'schema/unknown-field'],
    ['status', {}, 'schema/unknown-field'],
  ]);

  // Each as an API server of v1.36 judges it.
  describe('holds certificates of authorities', () => {
    const [at, no] = ['spec.trustBundle', 'schema/trust-bundle'] as const;
    const unclosed = AUTHORITY.slice(0, AUTHORITY.indexOf('-----END'));
    judgeEach(it, bundle, [
      [at, AUTHORITY + OTHER_AUTHORITY, 'accepted'],
      [at, `text\n${AUTHORITY}\ntext`, 'accepted'],
      [at, AUTHORITY.replaceAll('\n', '\r\n'), 'accepted'],
      [at, AUTHORITY.replace('-----\n', '-----\n\n'), 'accepted'],
      [at, block('!!!!') + AUTHORITY, 'accepted'],
      [at, unclosed + OTHER_AUTHORITY, 'accepted'],
      [at, unclosed, no],
      [at, `x${AUTHORITY}`, no],
      [at, AUTHORITY + AUTHORITY, no],
      [at, AUTHORITY + SERVER, no],
      [at, AUTHORITY.replace('-----\n', '-----\nA: b\n\n'), no],
      [at, AUTHORITY.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'), no],
      [at, AUTHORITY.replace('END CERTIFICATE', 'END FOO'), no],
      [at, AUTHORITY + block('AA==', 'PRIVATE KEY'), no],
      [at, block('AA=='), no],
      [at, block(''), no],
    ]);
  });

  describe('of a signer', () => {
    judgeEach(it, ofSigner, [
      [name, 'example.com:ca:roots', 'accepted'],
      [name, 'example.com:ca:Roots', 'schema/metadata-name'],
      [name, 'roots', 'schema/metadata-name'],
    ]);

    for (const [signerName, verdict] of [
      ['example.com/a.b', 'accepted'],
      [`a.${'b'.repeat(63)}/ca`, 'accepted'],
      [`a.${'b'.repeat(64)}/ca`, 'schema/signer-name'],
      ['example/ca', 'schema/signer-name'],
      ['example.com', 'schema/signer-name'],
      ['example.com/a/b', 'schema/signer-name'],
      ['example.com/', 'schema/signer-name'],
      ['example.com/a_b', 'schema/signer-name'],
      ['Example.com/ca', 'schema/signer-name'],
      ['ex..com/ca', 'schema/signer-name'],
    ] as const) {
      const named = { ...bundle, metadata: { name: `${signerName.replaceAll('/', ':')}:roots` } };
      judgeEach(it, named, [['spec.signerName', signerName, verdict]]);
    }
  });
});
