// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Binding, bindFailure, type Snapshot } from '../../snapshot/index.ts';
import { PortPlan } from './port-plan.ts';

const BINDING: Binding = {
  id: '127.0.0.1:443/tcp',
  address: '127.0.0.1',
  port: 443,
  admission: 'client-hello',
  frontend: null,
  proxyProtocolFrom: [],
  listeners: [],
};
const SNAPSHOT: Snapshot = {
  version: 1,
  bindings: [BINDING],
  clusters: [],
  endpoints: [],
  certificates: [],
  trustBundles: [],
  clients: [],
};

describe('the port plan', () => {
  it('leaves ports as they are written', async () => {
    assert.equal(await new PortPlan('as-written').place(SNAPSHOT), SNAPSHOT);
  });

  it('moves a binding to a free port, always the same one, and keeps its identity', async () => {
    const plan = new PortPlan('ephemeral');
    const [first] = (await plan.place(SNAPSHOT)).bindings;
    assert.notEqual(first?.port, 443);
    assert.equal(first?.id, `127.0.0.1:${first?.port}/tcp`);
    assert.equal((await plan.place(SNAPSHOT)).bindings[0], first);
    assert.equal((await plan.place(SNAPSHOT)).bindings, (await plan.place(SNAPSHOT)).bindings);
    const changed = { ...SNAPSHOT, bindings: [{ ...BINDING }] };
    assert.equal((await plan.place(changed)).bindings[0]?.port, first?.port);
  });

  it('tells failures by the id that translation knows', async () => {
    const plan = new PortPlan('ephemeral');
    const [placed] = (await plan.place(SNAPSHOT)).bindings;
    const failures = new Map([[placed?.id ?? '', bindFailure('EADDRINUSE', '')]]);
    assert.deepEqual(
      [...plan.writtenFailures(failures, SNAPSHOT.bindings)],
      [[BINDING.id, bindFailure('EADDRINUSE', '')]],
    );
  });

  it('chooses again, once, where somebody took the port before it was bound', async () => {
    const plan = new PortPlan('ephemeral');
    const written = SNAPSHOT.bindings;
    const placed = async () => (await plan.place(SNAPSHOT)).bindings[0];
    const first = await placed();
    const refused = new Map([[first?.id ?? '', bindFailure('EADDRINUSE', '')]]);
    assert.equal(plan.chooseAgain(new Map([[first?.id ?? '', bindFailure('EACCES', '')]]), written), false);
    assert.equal(await placed(), first);
    assert.equal(plan.chooseAgain(refused, written), true);
    const second = await placed();
    // By identity: it may be the same number, for nobody has it here.
    assert.notEqual(second, first);
    assert.equal(plan.chooseAgain(new Map([[second?.id ?? '', bindFailure('EADDRINUSE', '')]]), written), false);
    assert.equal(await placed(), second);
    const asWritten = new Map([[BINDING.id, bindFailure('EADDRINUSE', '')]]);
    assert.equal(new PortPlan('as-written').chooseAgain(asWritten, written), false);
  });
});
