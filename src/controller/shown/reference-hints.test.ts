// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../errors/index.ts';
import { EMPTY_RESOURCES, parseResource, type ResourceSet, type Service } from '../../resources/index.ts';
import { ReferenceHints } from './reference-hints.ts';

function services(...names: readonly string[]): ResourceSet {
  const entries = names.map((text): [string, Service] => {
    const [namespace = '', name = ''] = text.split('/');
    const written = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { ports: [{ port: 1 }] },
    };
    const parsed = parseResource(written, { defaultNamespace: 'default' });
    assert.ok(parsed.outcome === 'resource' && parsed.resource.kind === 'Service');
    return [text, parsed.resource];
  });
  return { ...EMPTY_RESOURCES, services: new Map(entries) };
}

function help(resources: ResourceSet, wanted: string): string {
  const [namespace = '', name = ''] = wanted.split('/');
  const finding: Finding = {
    code: 'route/backend-not-found',
    severity: 'error',
    resource: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GRPCRoute', namespace: 'app', name: 'r' },
    path: [],
    message: 'm',
    help: 'Create it',
    target: { kind: 'Service', namespace, name },
  };
  return new ReferenceHints(resources).helpOf(finding);
}

describe('what a reference that leads nowhere may mean', () => {
  it('is an object of a similar name', () => {
    assert.equal(help(services('app/user'), 'app/users'), 'Did you mean Service app/user? Create it');
  });

  it('is an object of the name in another namespace, which takes a ReferenceGrant', () => {
    assert.equal(
      help(services('backend/users'), 'app/users'),
      'Service backend/users exists: name its namespace in the reference, and create a ReferenceGrant there. Create it',
    );
    assert.equal(
      help(services('app/users'), 'ap/users'),
      'Service app/users exists: leave out the namespace of the reference. Create it',
    );
  });

  it('is nothing where the object exists, and where none is near', () => {
    assert.equal(help(services('backend/users'), 'backend/users'), 'Create it');
    assert.equal(help(services('app/payment'), 'app/users'), 'Create it');
  });
});
