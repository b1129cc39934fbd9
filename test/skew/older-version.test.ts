// SPDX-License-Identifier: Apache-2.0

/**
 * What two versions of daemun share, side by side in a roll-out or one after the other: `samples` has it as the oldest version wrote it that could be installed in a cluster. This one reads it, or
 * leaves it without harm; and what this one writes has the form that the oldest reads. `npm run cluster -- --skew REF` tries the same with two real versions.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { GatewayServices } from '../../src/controller/addresses/gateway-services.ts';
import { isStatusPage } from '../../src/controller/health/pods.ts';
import { replicaOf } from '../../src/controller/health/report.ts';
import { formatKeys, parseKeys } from '../../src/controller/keys/key-text.ts';
import { serviceObjects } from '../../src/controller/owned/service-objects.ts';
import { VirtualClock } from '../../src/proxy/virtual-clock.test-support.ts';
import { memoryStore } from '../../src/store/index.ts';
import { readWorld } from '../../src/store/kubernetes/kept-text.ts';
import { LEASE_DURATION_MS, LeaderLease } from '../../src/store/kubernetes/leader-lease.ts';

const CONTROLLER = 'daemun.dev/daemun-skew';
const SERVICE = 'daemun-rolling/rolling-daemun';
const GATEWAY = { namespace: 'daemun-rolling', name: 'rolling' };

interface ServicePort {
  readonly port: number;
  readonly targetPort: number;
  /** The API server's choice. */
  readonly nodePort: number;
}

describe('what the oldest version left', () => {
  it('is a Lease whose holder is followed, and replaced when it is silent; ours has the same fields', async t => {
    const spec = sampled('lease.json').spec;
    const written: Record<string, unknown>[] = [];
    const clock = new VirtualClock();
    const said: string[] = [];
    const lease = new LeaderLease({
      client: {
        async request({ method, body }) {
          if (method === 'PUT') written.push((body as { spec: Record<string, unknown> }).spec);
          const json = { metadata: { resourceVersion: '1' }, spec: written.at(-1) ?? spec };
          return { status: 200, headers: {}, json };
        },
      },
      ...{ clock, random: () => 0, namespace: 'daemun-skew', name: 'daemun', identity: 'newer' },
      onLeading: () => void said.push('leads'),
      onFollowing: holder => void said.push(holder),
      onTrouble: message => void said.push(message),
    });
    t.after(() => lease.stop());
    lease.start();
    for (let passedMs = 0; passedMs <= LEASE_DURATION_MS + 2_000; passedMs += 250) {
      clock.advance(250);
      for (let turn = 0; turn < 4; turn++) await new Promise(resolve => setImmediate(resolve));
    }
    assert.deepEqual(said, [spec.holderIdentity, 'leads']);
    const [taken = {}] = written;
    assert.deepEqual(shapeOf(taken), shapeOf(spec));
    assert.equal(taken['leaseTransitions'], spec.leaseTransitions + 1);
  });

  it('are keys that are read, and written so that it reads them, too', () => {
    const { 'session-keys': session, 'ticket-keys': ticket } = sampled('keys.json');
    for (const text of [session, ticket]) {
      const keys = parseKeys(text, 'keys');
      assert.equal(keys.length, 1);
      const ours = formatKeys(keys)
        .split('\n')
        .filter(line => !line.startsWith('#'));
      assert.equal(ours.join('\n'), text, 'it passes over lines that begin with #');
    }
  });

  it('is a Service that is known as ours, with its ports; it is written anew as the same object', async () => {
    const service = sampled('service.json');
    const services = new GatewayServices({
      controllerName: CONTROLLER,
      pods: { addresses: ['10.244.0.9'], nodeName: 'node', service: null },
      clusterIps: { assign: () => undefined, of: () => ({ state: 'pending' }), refuse: () => false },
    });
    const store = memoryStore([sampled('class.json'), sampled('gateway.json'), service]);
    await store.start();
    services.assign(store.current().resources);
    const { state, targetPorts } = services.serviceOf(GATEWAY);
    const ports: readonly ServicePort[] = service.spec.ports;
    assert.deepEqual(
      Object.fromEntries(targetPorts),
      Object.fromEntries(ports.map(one => [`${one.port}/tcp`, one.targetPort])),
    );
    assert.equal(state.state, 'made');
    const gateway = store.current().resources.gateways.get('daemun-rolling/rolling') ?? assert.fail();
    const [ours] = serviceObjects({
      gateway,
      outcome: {
        controllerName: CONTROLLER,
        addresses: [],
        assignment: {
          ...{ reported: [], missing: [], clusterIps: null, isTold: true },
          service: { name: SERVICE, type: 'LoadBalancer', loadBalancerIp: null, parameters: {} },
        },
      },
      uid: service.metadata.ownerReferences[0].uid,
      listeners: gateway.spec.listeners,
      replicas: [],
      targets: targetPorts,
    });
    const body = ours?.body as typeof service;
    const { annotations, labels, name, ownerReferences } = service.metadata;
    assert.deepEqual(
      [body.metadata.name, body.metadata.labels, body.metadata.ownerReferences],
      [name, labels, ownerReferences],
    );
    assert.deepEqual(Object.keys(body.metadata.annotations).sort(), Object.keys(annotations).sort());
    const written = ports.map(({ nodePort, ...port }) => port);
    assert.deepEqual(body.spec.ports, written);
  });

  it('is what a process says of itself, which status commands read', () => {
    const page: unknown = sampled('status.json');
    assert.ok(isStatusPage(page));
    const { told, isReady, note } = replicaOf(page, 'daemun-skew/older');
    assert.deepEqual([told?.versions.daemun, isReady, note], ['0.1.0', true, '']);
  });

  it('is a cluster that it kept in a format of its own, which is refused in words', () => {
    const text = readFileSync(join(import.meta.dirname, 'samples/kept.txt'), 'utf8');
    assert.throws(
      () => readWorld(text, 'https://10.96.0.1:443'),
      /it is in format 1, of another version; this one keeps format 2/,
    );
  });
});

// biome-ignore lint/suspicious/noExplicitAny: each has its own
function sampled(file: string): any {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'samples', file), 'utf8'));
}

/** Types of fields, and how times are written. */
function shapeOf(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const shape = (value: unknown): string => (typeof value === 'string' ? value.replaceAll(/\d/g, '0') : typeof value);
  return Object.fromEntries(
    Object.entries(spec)
      .filter(([name]) => name !== 'holderIdentity')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, shape(value)]),
  );
}
