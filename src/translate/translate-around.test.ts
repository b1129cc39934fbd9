// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../proxy/virtual-clock.test-support.ts';
import type { BackendTLSPolicy, Gateway, Resource, ResourceSet } from '../resources/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from './environment.test-support.ts';
import { type LastTranslation, translateAround } from './translate-around.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';

function gateway(name: string, port: number, generation = 1): Gateway {
  const listeners = [{ name: 'a', port, protocol: 'HTTP' }];
  const made = parsed({ apiVersion, kind: 'Gateway', metadata: { name }, spec: { gatewayClassName: 'c', listeners } });
  return { ...(made as Gateway), metadata: { ...made.metadata, generation } };
}

function service(name: string): Resource {
  return parsed({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } });
}

function route(name: string, parent: string): Resource {
  const rules = [{ backendRefs: [{ name: 'backend', port: 80 }] }];
  return parsed({
    apiVersion,
    kind: 'HTTPRoute',
    metadata: { name },
    spec: { parentRefs: [{ name: parent }], rules },
  });
}

function policy(name: string): BackendTLSPolicy {
  const spec = {
    targetRefs: [{ group: '', kind: 'Service', name: 'backend' }],
    validation: { hostname: 'backend.test', wellKnownCACertificates: 'System' },
  };
  return parsed({ apiVersion, kind: 'BackendTLSPolicy', metadata: { name }, spec }) as BackendTLSPolicy;
}

/** A copy that breaks whoever reads a field of its spec, `times` times. */
function spoilt<R extends Resource & { readonly spec: object }>(object: R, field: string, times = Infinity): R {
  let left = times;
  const spec = Object.defineProperty({ ...object.spec }, field, {
    enumerable: true,
    get() {
      if (left-- > 0) throw new Error(`a bug about ${field}`);
      return (object.spec as Record<string, unknown>)[field];
    },
  });
  return { ...object, spec };
}

function translated(resources: ResourceSet, last?: LastTranslation) {
  const around = translateAround(resources, ENVIRONMENT, { last, nowMs: () => 0 });
  const { snapshot, outcomes, setAside } = around.translation;
  return {
    ...around,
    ports: snapshot.bindings.map(({ port }) => port).sort(),
    outcomes,
    aside: setAside.map(({ field, name }) => `${field} ${name}`),
  };
}

describe('an object that breaks the translation', () => {
  const first = resourceSet([gateway('one', 8001), gateway('two', 8002), service('backend'), route('r', 'two')]);
  const good = translated(first);

  it('is served as it was, and everything else as it is written', () => {
    const second = resourceSet([
      spoilt(gateway('one', 9001, 2), 'allowedListeners'),
      gateway('two', 9002, 2),
      service('backend'),
      route('r', 'two'),
      route('new', 'two'),
    ]);
    const after = translated(second, good.last);
    assert.deepEqual(after.aside, ['gateways default/one']);
    assert.deepEqual(after.ports, [8001, 9002]);
    assert.equal(after.outcomes.routes.get('HTTPRoute/default/new')?.parents[0]?.accepted, null);
    const { accepted, programmed, listeners } = after.outcomes.gateways.get('default/one') ?? {};
    assert.equal(accepted?.reason, 'Pending');
    assert.equal(programmed?.reason, 'Pending');
    assert.equal(listeners?.length, 1);
    assert.match(accepted.finding.message, /: a bug about allowedListeners$/);
    const told = after.translation.findings.filter(({ code }) => code === 'resource/broken');
    assert.deepEqual(
      told.map(({ resource }) => resource?.name),
      ['one'],
    );
  });

  it('is tried again by every translation, and told of since the first', () => {
    const bad = spoilt(gateway('one', 9001, 2), 'allowedListeners');
    const rest = [service('backend'), route('r', 'two')];
    const second = translated(resourceSet([bad, gateway('two', 8002), ...rest]), good.last);
    const later = { ...ENVIRONMENT, nowMs: ENVIRONMENT.nowMs + 1_000 };
    const third = translateAround(resourceSet([bad, gateway('two', 8003), ...rest]), later, {
      ...{ last: second.last, nowMs: () => 0 },
    });
    assert.deepEqual(
      third.translation.setAside.map(({ sinceMs }) => sinceMs),
      [ENVIRONMENT.nowMs],
    );
    assert.deepEqual(third.translation.snapshot.bindings.map(({ port }) => port).sort(), [8001, 8003]);
    const mended = translated(resourceSet([gateway('one', 9001, 3), gateway('two', 8003), ...rest]), third.last);
    assert.deepEqual(mended.aside, []);
    assert.deepEqual(mended.ports, [8003, 9001]);
    assert.equal(mended.outcomes.gateways.get('default/one')?.accepted, null);
  });

  it('is served nowhere when it is new, at a start too, and its status says why', () => {
    const bad = spoilt(gateway('three', 8003), 'allowedListeners');
    const start = translated(resourceSet([...first.gateways.values(), bad, service('backend'), route('r', 'two')]));
    assert.deepEqual(start.aside, ['gateways default/three']);
    assert.deepEqual(start.ports, [8001, 8002]);
    assert.equal(start.outcomes.gateways.get('default/three')?.accepted?.reason, 'Pending');
    assert.equal(start.outcomes.routes.get('HTTPRoute/default/r')?.parents[0]?.accepted, null);
  });

  it('may be of any kind, and one of several', () => {
    const second = resourceSet([
      ...first.gateways.values(),
      service('backend'),
      ...Array.from({ length: 40 }, (_, index) => route(`r-${index}`, 'two')),
      spoilt(policy('bad'), 'targetRefs'),
      policy('good'),
      spoilt(policy('worse'), 'targetRefs'),
    ]);
    const after = translated(second, good.last);
    assert.deepEqual(after.aside, ['backendTlsPolicies default/bad', 'backendTlsPolicies default/worse']);
    assert.equal(after.outcomes.routes.size, 40);
    const tls = after.translation.snapshot.clusters[0]?.tls;
    assert.notEqual(tls, null);
  });

  it('is not one that breaks only what is remembered', () => {
    const second = resourceSet([
      spoilt(gateway('one', 9001, 2), 'allowedListeners', 1),
      gateway('two', 8002),
      service('backend'),
      route('r', 'two'),
    ]);
    const after = translated(second, good.last);
    assert.deepEqual(after.aside, []);
    assert.deepEqual(after.ports, [8002, 9001]);
  });

  it('is told in an order of its own, whatever that of the resources', () => {
    const bad = ['c', 'a', 'b'].map(name => spoilt(gateway(name, 8001), 'allowedListeners'));
    for (const order of [bad, bad.toReversed()]) {
      const { aside, translation } = translated(resourceSet([spoilt(policy('z'), 'targetRefs'), ...order]));
      const names = ['z', 'a', 'b', 'c'];
      assert.deepEqual(
        aside.map(text => text.split('/')[1]),
        names,
      );
      const told = translation.findings.filter(({ code }) => code === 'resource/broken');
      assert.deepEqual(
        told.map(({ resource }) => resource?.name),
        names,
      );
    }
  });

  it('may be one that moves ports, or that a data plane could not take up', () => {
    const second = resourceSet([gateway('one', 9001), gateway('two', 9002), service('backend'), route('r', 'two')]);
    const moved = translateAround(second, ENVIRONMENT, {
      ...{ last: good.last, nowMs: () => 0 },
      environmentOf: ({ gateways }) => {
        if (gateways.get('default/one')?.spec.listeners[0]?.port === 9001) throw new Error('a bug of ports');
        return ENVIRONMENT;
      },
    });
    assert.deepEqual(moved.translation.snapshot.bindings.map(({ port }) => port).sort(), [8001, 9002]);
    const checked = translateAround(second, ENVIRONMENT, {
      ...{ last: good.last, nowMs: () => 0 },
      check: ({ bindings }) => {
        if (bindings.some(({ port }) => port === 9002)) throw new Error('a bug of a worker');
      },
    });
    assert.deepEqual(checked.translation.snapshot.bindings.map(({ port }) => port).sort(), [8002, 9001]);
    assert.match(checked.translation.findings.at(-1)?.message ?? '', /: a bug of a worker$/);
  });

  it('is looked for no longer than 30 s', () => {
    const clock = new VirtualClock();
    let attempts = 0;
    const environmentOf = () => {
      attempts += 1;
      clock.advance(6_000);
      return ENVIRONMENT;
    };
    const many = Array.from({ length: 32 }, (_, index) =>
      spoilt(gateway(`g-${index}`, 9000 + index), 'allowedListeners'),
    );
    const around = () => translateAround(resourceSet(many), ENVIRONMENT, { nowMs: () => clock.nowMs(), environmentOf });
    assert.throws(around, /could not be told within 30 s.*: a bug about allowedListeners$/);
    // The whole at first; then what fits into 30 s.
    assert.equal(attempts, 6);
  });

  it('breaks the whole translation among too many', () => {
    const many = Array.from({ length: 33 }, (_, index) =>
      spoilt(gateway(`g-${index}`, 9000 + index), 'allowedListeners'),
    );
    assert.throws(() => translated(resourceSet(many), good.last), /a bug about allowedListeners/);
  });
});
