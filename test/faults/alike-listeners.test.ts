// SPDX-License-Identifier: Apache-2.0

/** What manifests cost in which routes, matches, hostnames and listeners multiply: memory follows what is written. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serialize } from 'node:v8';
import { compileBinding, SharedMatchers } from '../../src/match/index.ts';
import type { Resource, ResourceSet } from '../../src/resources/index.ts';
import { applyDelta, type Binding, diffSnapshots, EMPTY_SNAPSHOT, requestListeners } from '../../src/snapshot/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../../src/translate/environment.test-support.ts';
import { type Translation, translate } from '../../src/translate/index.ts';

const API = 'gateway.networking.k8s.io/v1';
const ROUTES = 8;
const MATCHES = 64;
const HOSTS = 16;
const LISTENERS = 32;
/** A list holds an entry once, and once with its rank. */
const BYTES_AN_ENTRY = 16;
const ENTRIES_BYTES = ROUTES * MATCHES * BYTES_AN_ENTRY;

function gateway(listeners: number): Resource {
  const spec = {
    gatewayClassName: 'c',
    listeners: Array.from({ length: listeners }, (_, at) => ({ name: `l${at}`, port: 8000 + at, protocol: 'HTTP' })),
  };
  return parsed({ apiVersion: API, kind: 'Gateway', metadata: { name: 'gw' }, spec });
}

function route(at: number, { weight = 1, hosts = HOSTS }: { weight?: number; hosts?: number } = {}): Resource {
  const matches = Array.from({ length: MATCHES }, (_, match) => ({
    path: { type: 'Exact', value: `/${at}/${match}` },
  }));
  return parsed({
    apiVersion: API,
    kind: 'HTTPRoute',
    metadata: { name: `r${at}` },
    spec: {
      parentRefs: [{ name: 'gw' }],
      hostnames: Array.from({ length: hosts }, (_, host) => `h${host}.example`),
      rules: [{ matches, backendRefs: [{ name: 'a', port: 80, weight }] }],
    },
  });
}

/** Of one listener alone. */
function ownRoute(listener: number): Resource {
  const parentRefs = [{ name: 'gw', sectionName: `l${listener}` }];
  const hostnames = Array.from({ length: HOSTS }, (_, host) => `h${host}.example`);
  const rules = [{ matches: [{ path: { value: `/own/${listener}` } }], backendRefs: [{ name: 'a', port: 80 }] }];
  const spec = { parentRefs, hostnames, rules };
  return parsed({ apiVersion: API, kind: 'HTTPRoute', metadata: { name: `own${listener}` }, spec });
}

const ALL = Array.from({ length: ROUTES }, (_, at) => route(at));

/** Changes one after the other. */
class World {
  #resources: ResourceSet | undefined;
  translation: Translation | undefined;

  become(...objects: readonly Resource[]): Translation {
    this.#resources = resourceSet(objects, this.#resources);
    this.translation = translate(this.#resources, ENVIRONMENT, this.translation);
    return this.translation;
  }
}

/** Of all lists of entries, each once. */
function listBytes(bindings: readonly Binding[]): number {
  const hosts = bindings.flatMap(({ listeners }) => requestListeners(listeners)).flatMap(one => one.virtualHosts);
  assert.ok(hosts.length >= LISTENERS * HOSTS);
  return [...new Set(hosts.map(({ entries }) => entries))].reduce(
    (sum, { length }) => sum + length * BYTES_AN_ENTRY,
    0,
  );
}

describe('routes with many matches at many hosts of many listeners', () => {
  it('are kept once for all hosts of all listeners', () => {
    const { snapshot } = new World().become(gateway(LISTENERS), ...ALL);
    assert.equal(listBytes(snapshot.bindings), ENTRIES_BYTES);
  });

  it('are kept once when a route changes, one comes and goes, and when listeners come', () => {
    const world = new World();
    world.become(gateway(2), ...ALL.slice(1));
    world.become(gateway(LISTENERS), ...ALL.slice(1));
    world.become(gateway(LISTENERS), ...ALL, route(ROUTES));
    world.become(gateway(LISTENERS), ...ALL);
    const { snapshot } = world.become(gateway(LISTENERS), ...ALL.slice(0, -1), route(ROUTES - 1, { weight: 2 }));
    assert.equal(listBytes(snapshot.bindings), ENTRIES_BYTES);
  });

  it('are kept once for each set of hosts that has routes of its own', () => {
    const { snapshot } = new World().become(gateway(LISTENERS), ...ALL, route(ROUTES, { hosts: 4 }));
    assert.equal(listBytes(snapshot.bindings), 2 * ENTRIES_BYTES + MATCHES * BYTES_AN_ENTRY);
  });

  it('keep what did not change where another listener comes', () => {
    const world = new World();
    const before = world.become(gateway(2), ...ALL).snapshot.bindings;
    const after = world.become(gateway(3), ...ALL).snapshot.bindings;
    assert.equal(after[0], before[0]);
    const [, , third] = after.map(({ listeners }) => requestListeners(listeners)[0]?.virtualHosts);
    assert.equal(third, requestListeners(before[0]?.listeners ?? [])[0]?.virtualHosts);
  });

  it('are sent once, and are one entry and one match there, where each listener has a route of its own, too', () => {
    const own = Array.from({ length: LISTENERS }, (_, at) => ownRoute(at));
    const { snapshot } = new World().become(gateway(LISTENERS), ...ALL, ...own);
    const delta = diffSnapshots(EMPTY_SNAPSHOT, snapshot);
    const written = JSON.stringify([...ALL, ...own, gateway(LISTENERS)]).length;
    const { length } = serialize(delta);
    assert.ok(length < 4 * written, `${length} bytes are sent for ${written}`);
    const there = applyDelta(EMPTY_SNAPSHOT, structuredClone(delta));
    assert.deepEqual(there, snapshot);
    const hosts = there.bindings
      .flatMap(({ listeners }) => requestListeners(listeners))
      .flatMap(one => one.virtualHosts);
    assert.equal(new Set(hosts.flatMap(({ entries }) => entries)).size, ROUTES * MATCHES + LISTENERS);
    const shared = { matchers: new SharedMatchers(), listeners: new WeakMap() };
    const compiled = there.bindings.map(binding => compileBinding(binding, shared).listeners[0]);
    const matches = compiled.flatMap(one => one?.virtualHostsOf('h1.example').flatMap(host => host.matcher.matches));
    assert.equal(matches.length, LISTENERS * (ROUTES * MATCHES + 1));
    assert.equal(new Set(matches).size, ROUTES * MATCHES + LISTENERS);
  });

  it('are sent to workers once, and are one list and one index there', () => {
    const world = new World();
    const first = world.become(gateway(2), ...ALL).snapshot;
    const second = world.become(gateway(LISTENERS), ...ALL).snapshot;
    const third = world.become(gateway(LISTENERS), ...ALL, route(ROUTES)).snapshot;
    const written = JSON.stringify([...ALL, gateway(LISTENERS)]).length;
    let [sent, snapshot] = [EMPTY_SNAPSHOT, EMPTY_SNAPSHOT];
    for (const next of [first, second, third]) {
      const delta = diffSnapshots(sent, next);
      sent = next;
      const { length } = serialize(delta);
      assert.ok(length < 4 * written, `${length} bytes are sent for ${written}`);
      snapshot = applyDelta(snapshot, structuredClone(delta));
    }
    assert.deepEqual(snapshot, third);
    assert.equal(listBytes(snapshot.bindings), ENTRIES_BYTES + MATCHES * BYTES_AN_ENTRY);
    const shared = { matchers: new SharedMatchers(), listeners: new WeakMap() };
    const compiled = snapshot.bindings.map(binding => compileBinding(binding, shared).listeners[0]);
    const hosts = new Set(compiled.flatMap(listener => listener?.virtualHostsOf('h1.example')));
    assert.equal(hosts.size, 1);
    assert.deepEqual(new Set(compiled.map(listener => listener?.listener.name)).size, LISTENERS);
  });
});
