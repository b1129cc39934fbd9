// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { translate } from '../translate.ts';

const route = parsed({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GRPCRoute',
  metadata: { name: 'r' },
  spec: { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [{ name: 'svc', port: 80 }] }] },
});
const resources = resourceSet([route]);
const refused = new Map([
  ['Gateway/default/gw', 'spec.listeners[1]: taken'],
  ['Service/default/svc', 'spec.ports[0].port: too large'],
]);
const messages = (translation: ReturnType<typeof translate>): string[] =>
  translation.findings.map(finding => finding.message).sort();

describe('a reference to an object that is not there', () => {
  it('says that the object was refused and where, when it is written', () => {
    assert.deepEqual(messages(translate(resources, { ...ENVIRONMENT, refused })), [
      'Gateway default/gw was refused (spec.listeners[1]: taken)',
      'Service default/svc was refused (spec.ports[0].port: too large)',
    ]);
  });

  it('follows an object that is refused later, and one that is taken away', () => {
    const absent = translate(resources, ENVIRONMENT);
    const later = translate(resources, { ...ENVIRONMENT, refused }, absent);
    assert.deepEqual(messages(later), messages(translate(resources, { ...ENVIRONMENT, refused })));
    assert.deepEqual(messages(translate(resources, ENVIRONMENT, later)), messages(absent));
  });
});
