// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FIRST_TARGET_PORT, MAX_TARGET_PORTS, TargetPorts, type Targets } from './target-ports.ts';

const records = (entries: Record<string, Record<string, number>>): ReadonlyMap<string, Targets> =>
  new Map(Object.entries(entries).map(([gateway, targets]) => [gateway, new Map(Object.entries(targets))]));
const both = new Set(['a/one', 'a/two']);

describe('the ports that Services of Gateways lead to', () => {
  it('differ for one port of two Gateways, and for its transports', () => {
    const ports = new TargetPorts();
    ports.assign(new Map(), both);
    const one = ports.choose('a/one', ['53/tcp', '53/udp']);
    const two = ports.choose('a/two', ['53/tcp']);
    assert.equal(new Set([...one.values(), ...two.values()]).size, 3);
    assert.ok(
      [...one.values()].every(port => port >= FIRST_TARGET_PORT && port < FIRST_TARGET_PORT + MAX_TARGET_PORTS),
    );
  });

  it('are those that stand in the Services, whoever chose them', () => {
    const ports = new TargetPorts();
    const { '80/tcp': ownChoice } = Object.fromEntries(ports.choose('a/one', ['80/tcp']));
    const other = ownChoice === 12_000 ? 12_001 : 12_000;
    assert.equal(ports.of('a/one').size, 0, 'what is chosen holds only when it is written');
    ports.assign(records({ 'a/one': { '80/tcp': other } }), both);
    assert.deepEqual([...ports.of('a/one')], [['80/tcp', other]]);
    assert.deepEqual([...ports.choose('a/one', ['80/tcp'])], [['80/tcp', other]]);
  });

  it('are chosen alike by every process, and once', () => {
    const [a, b] = [new TargetPorts(), new TargetPorts()];
    assert.deepEqual(a.choose('a/one', ['80/tcp']), b.choose('a/one', ['80/tcp']));
    assert.deepEqual(a.choose('a/one', ['80/tcp']), a.choose('a/one', ['80/tcp']));
  });

  it('are the older Service’s where two have one, and the other gets another', () => {
    const ports = new TargetPorts();
    ports.assign(records({ 'a/one': { '80/tcp': 12_000 }, 'a/two': { '80/tcp': 12_000 } }), both);
    assert.equal(ports.of('a/one').get('80/tcp'), 12_000);
    assert.equal(ports.of('a/two').get('80/tcp'), undefined);
    assert.notEqual(ports.choose('a/two', ['80/tcp']).get('80/tcp'), 12_000);
  });

  it('are those that an earlier version chose, though none is chosen there any more', () => {
    const ports = new TargetPorts();
    ports.assign(records({ 'a/one': { '443/tcp': 21_473, '80/tcp': 13_257 } }), both);
    assert.deepEqual(Object.fromEntries(ports.of('a/one')), { '443/tcp': 21_473, '80/tcp': 13_257 });
    assert.equal(ports.choose('a/one', ['443/tcp']).get('443/tcp'), 21_473);
  });

  it('are not outside of their range, whatever a Service says', () => {
    const ports = new TargetPorts();
    ports.assign(records({ 'a/one': { '80/tcp': 9900, '81/tcp': 40_000 } }), both);
    assert.equal(ports.of('a/one').size, 0);
  });

  it('stay while the Service leads where none can, for that is written anew', () => {
    const ports = new TargetPorts();
    ports.assign(records({ 'a/one': { '80/tcp': 12_000, '443/tcp': 12_001, '81/tcp': 12_002 } }), both);
    ports.assign(
      records({ 'a/two': { '80/tcp': 12_001 }, 'a/one': { '80/tcp': 80, '443/tcp': 0, '81/tcp': 13_000 } }),
      both,
    );
    const kept = { '81/tcp': 13_000, '80/tcp': 12_000 };
    assert.deepEqual(Object.fromEntries(ports.of('a/one')), kept, 'not one that another Service has by now');
    assert.equal(ports.choose('a/one', ['80/tcp']).get('80/tcp'), 12_000);
    ports.assign(records({ 'a/one': { '81/tcp': 13_000 } }), both);
    assert.deepEqual(
      Object.fromEntries(ports.of('a/one')),
      { '81/tcp': 13_000 },
      'nor one that the Service has no more',
    );
  });

  it('stay while the Service is gone, and are free when the Gateway is', () => {
    const ports = new TargetPorts();
    ports.assign(records({ 'a/one': { '80/tcp': 12_000 } }), both);
    ports.assign(new Map(), both);
    assert.equal(ports.of('a/one').get('80/tcp'), 12_000);
    ports.assign(new Map(), new Set(['a/two']));
    assert.equal(ports.of('a/one').size, 0);
  });

  it('are free again when they were never written and nobody wants them', () => {
    const ports = new TargetPorts();
    const keys = Array.from({ length: MAX_TARGET_PORTS }, (_, at) => `${at}/tcp`);
    ports.choose('a/one', keys);
    assert.equal(ports.choose('a/two', ['80/tcp']).size, 0);
    ports.choose('a/one', ['80/tcp']);
    ports.assign(new Map(), both);
    assert.equal(ports.choose('a/two', ['80/tcp']).size, 1);
    assert.notDeepEqual(ports.choose('a/one', ['80/tcp']), ports.choose('a/two', ['80/tcp']));
  });

  it('are left out when none is left', () => {
    const ports = new TargetPorts();
    const keys = Array.from({ length: MAX_TARGET_PORTS + 2 }, (_, at) => `${at}/tcp`);
    assert.equal(ports.choose('a/one', keys).size, MAX_TARGET_PORTS);
  });
});
