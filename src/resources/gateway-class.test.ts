// SPDX-License-Identifier: Apache-2.0

import { describe, it } from 'node:test';
import { judgeEach } from './verdict-table.test-support.ts';

const gatewayClass = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name: 'daemun' },
  spec: { controllerName: 'example.com/gateway' },
};

const reference = { group: 'example.com', kind: 'Parameters', name: 'large' };

describe('GatewayClass', () => {
  judgeEach(it, gatewayClass, [
    ['spec', {}, 'schema/required', 'spec.controllerName'],
    ['spec.controllerName', 'example.com', 'schema/pattern'],
    ['spec.controllerName', 'example.com/a~b/c', 'accepted'],
    ['spec.description', '😀'.repeat(64), 'accepted'],
    ['spec.description', '😀'.repeat(65), 'schema/length'],
    ['spec.parametersRef', reference, 'accepted'],
    ['spec.parametersRef', { ...reference, namespace: 'infra' }, 'accepted'],
    ['spec.parametersRef', { kind: 'A', name: 'a' }, 'schema/required', 'spec.parametersRef.group'],
    ['metadata.namespace', 'Not A Namespace', 'accepted'],
    ['metadata.namespace', 1, 'schema/type'],
  ]);
});
