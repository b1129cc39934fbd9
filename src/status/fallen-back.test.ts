// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HTTPRoute, Resource, ResourceSet } from '../resources/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../translate/environment.test-support.ts';
import { type Translation, translate } from '../translate/index.ts';
import { statuses } from './statuses.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';

const GATEWAY = parsed({
  apiVersion,
  kind: 'Gateway',
  metadata: { name: 'gw' },
  spec: { gatewayClassName: 'c', listeners: [{ name: 'a', port: 80, protocol: 'HTTP' }] },
});

function service(name: string): Resource {
  return parsed({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } });
}

function route(generation: number, backend: string, parents: readonly string[] = ['gw']): HTTPRoute {
  const rules = [{ matches: [{ path: { value: `/${generation}` } }], backendRefs: [{ name: backend, port: 80 }] }];
  const spec = { parentRefs: parents.map(name => ({ name })), rules };
  const made = parsed({ apiVersion, kind: 'HTTPRoute', metadata: { name: 'r' }, spec }) as HTTPRoute;
  return { ...made, metadata: { ...made.metadata, generation } };
}

/** `route` with matches that nobody can read while `fault.isThere`. */
function spoilt(good: HTTPRoute, fault: { isThere: boolean }): HTTPRoute {
  const rules = (good.spec.rules ?? []).map(rule =>
    Object.defineProperty({ ...rule }, 'matches', {
      get() {
        if (fault.isThere) throw new Error('a bug about matches');
        return rule.matches;
      },
    }),
  );
  return { ...good, spec: { ...good.spec, rules } };
}

/** Of each parent, as `type=status@generation`. */
function conditionsOf(translation: Translation, resources: ResourceSet): readonly (readonly string[])[] {
  const status = statuses(translation, resources, null, 'T').byObject.get('HTTPRoute/default/r') as HTTPRoute['status'];
  return (status?.parents ?? []).map(({ conditions }) =>
    conditions.map(({ type, status: value, observedGeneration }) => `${type}=${value}@${observedGeneration}`),
  );
}

describe('the status of a route that breaks the translation', () => {
  const fault = { isThere: true };
  const first = resourceSet([GATEWAY, service('a'), route(1, 'a', ['gw', 'missing'])]);
  const good = translate(first, ENVIRONMENT);
  const second = resourceSet([GATEWAY, service('a'), spoilt(route(2, 'a'), fault)], first);
  const broken = translate(second, ENVIRONMENT, good);

  it('is that of the generation that is served, and tells why the latest is not', () => {
    const [served, refused] = conditionsOf(broken, second);
    assert.deepEqual(served, ['Accepted=True@1', 'ResolvedRefs=True@1', 'PartiallyInvalid=True@2']);
    assert.deepEqual(refused, ['Accepted=False@1', 'ResolvedRefs=True@1']);
    const { partiallyInvalid } = broken.outcomes.routes.get('HTTPRoute/default/r') ?? {};
    assert.match(partiallyInvalid?.finding.message ?? '', /: a bug about matches$/);
    const text = JSON.stringify(statuses(broken, second, null, 'T').byObject.get('HTTPRoute/default/r'));
    assert.match(text, /"message":"Fall Back to generation 1: translating the route broke, by a fault of daemun/);
  });

  it('stays that of the last good generation however often it breaks, then is that of the latest', () => {
    const third = resourceSet([GATEWAY, service('a'), spoilt(route(3, 'a'), fault)], second);
    const again = translate(third, ENVIRONMENT, broken);
    assert.deepEqual(conditionsOf(again, third)[0], [
      'Accepted=True@1',
      'ResolvedRefs=True@1',
      'PartiallyInvalid=True@3',
    ]);
    const fourth = resourceSet([GATEWAY, service('a'), route(4, 'a')], third);
    const mended = conditionsOf(translate(fourth, ENVIRONMENT, again), fourth);
    assert.deepEqual(mended, [['Accepted=True@4', 'ResolvedRefs=True@4']]);
  });

  it('is judged anew when a Service comes that only the latest generation names', () => {
    const passing = { isThere: true };
    const latest = spoilt(route(2, 'b'), passing);
    const without = resourceSet([GATEWAY, service('a'), latest], first);
    const kept = translate(without, ENVIRONMENT, good);
    passing.isThere = false;
    const whole = resourceSet([GATEWAY, service('a'), service('b'), latest], without);
    const served = conditionsOf(translate(whole, ENVIRONMENT, kept), whole);
    assert.deepEqual(served, [['Accepted=True@2', 'ResolvedRefs=True@2']]);
  });
});

describe('PartiallyInvalid', () => {
  it('is not said at a parent that does not accept the route', () => {
    const twoRules = route(1, 'a', ['gw', 'missing']);
    const [rule] = twoRules.spec.rules ?? [];
    if (rule === undefined) throw new Error('no rule');
    const unreadable = { matches: [{ path: { type: 'RegularExpression', value: '(' } }] } as typeof rule;
    const written = { ...twoRules, spec: { ...twoRules.spec, rules: [rule, { ...rule, ...unreadable }] } };
    const resources = resourceSet([GATEWAY, service('a'), written]);
    assert.deepEqual(conditionsOf(translate(resources, ENVIRONMENT), resources), [
      ['Accepted=True@1', 'ResolvedRefs=True@1', 'PartiallyInvalid=True@1'],
      ['Accepted=False@1', 'ResolvedRefs=True@1'],
    ]);
  });
});
