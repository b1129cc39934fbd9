// SPDX-License-Identifier: Apache-2.0

import { describe, it } from 'node:test';
import { judgeEach } from './verdict-table.test-support.ts';

const trustBundle = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
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
  ]);

  describe('of a signer', () => {
    judgeEach(it, ofSigner, [
      [name, 'example.com:ca:roots', 'accepted'],
      [name, 'example.com:ca:Roots', 'schema/metadata-name'],
      [name, 'roots', 'schema/metadata-name'],
    ]);
  });
});
