// SPDX-License-Identifier: Apache-2.0

import type { Json } from './json.ts';
import { conditions, GROUP, metadata } from './shared-seeds.ts';

export const policyStatus = {
  ancestors: [
    {
      ancestorRef: { group: GROUP, kind: 'Gateway', name: 'gw', namespace: 'infra', sectionName: 'a', port: 443 },
      controllerName: 'example.com/c',
      conditions,
    },
  ],
};

/** With CA certificates of one's own. */
export const ownValidation = {
  hostname: 'auth.example.com',
  subjectAltNames: [
    { type: 'Hostname', hostname: '*.example.com' },
    { type: 'URI', uri: 'spiffe://example.com/auth?x#y' },
  ],
  caCertificateRefs: [
    { group: '', kind: 'ConfigMap', name: 'ca' },
    { group: 'certificates.k8s.io', kind: 'ClusterTrustBundle', name: 'roots' },
  ],
};

/** With those of the system. */
export const systemValidation = { hostname: 'auth.example.com', wellKnownCACertificates: 'System' };

const backendTlsPolicy = {
  apiVersion: `${GROUP}/v1`,
  kind: 'BackendTLSPolicy',
  metadata,
  spec: {
    targetRefs: [
      { group: '', kind: 'Service', name: 'auth', sectionName: 'https' },
      { group: '', kind: 'Service', name: 'auth', sectionName: 'admin' },
      { group: '', kind: 'Service', name: 'other' },
    ],
    validation: ownValidation,
    options: { 'example.com/min-version': '1.2', plain: '' },
  },
  status: policyStatus,
};

const smallPolicy = {
  apiVersion: `${GROUP}/v1`,
  kind: 'BackendTLSPolicy',
  metadata: { name: 'small' },
  spec: { targetRefs: [{ group: '', kind: 'Service', name: 'a' }], validation: systemValidation },
};

/** BackendTLSPolicies of both versions. */
export const BACKEND_TLS_POLICY_SEEDS: readonly Json[] = [backendTlsPolicy, smallPolicy].flatMap(policy => [
  policy,
  { ...policy, apiVersion: `${GROUP}/v1alpha3` },
]);
