// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { backend, listener, rule } from './gateway.test-support.ts';
import { RawBed } from './raw-bed.test-support.ts';

/** More than makes a name vary. */
const MANY = 60;

let bed: RawBed;
afterEach(() => bed.close());

/** A field of the last request that got to an endpoint of the wide rule, wherever it was. */
function seen(name: string): string | undefined {
  return bed.seen?.all[name];
}

describe('a client whose heads differ on each call', () => {
  it('gets each path to the rule that takes it', async () => {
    bed = await RawBed.start();
    for (let i = 0; i < MANY; i++) {
      assert.equal((await bed.call({ ':path': `/s.S/M${i}` })).status, '0');
      assert.equal(seen(':path'), `/s.S/M${i}`);
      assert.equal((await bed.call({ ':path': '/adm.Svc/Admin' })).status, '0');
      assert.equal(bed.guarded.requests.length, i + 1);
    }
    bed.gateway.runtime.close();
    const logged = bed.gateway.accessLog
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, string>);
    assert.deepEqual(
      logged.map(({ path, route }) => [path, route]),
      Array.from({ length: 2 * MANY }, (_, i) =>
        i % 2 === 0 ? [`/s.S/M${i / 2}`, 'default/wide'] : ['/adm.Svc/Admin', 'default/guard'],
      ),
    );
  });

  it('reaches no rule by a path that is none, and learns why', async () => {
    bed = await RawBed.start();
    for (let i = 0; i < MANY; i++) await bed.call({ ':path': `/s.S/M${i}` });
    const { status, message } = await bed.call({ ':path': '/adm.Svc/%41dmin' });
    assert.equal(status, '12');
    assert.match(message, /has a percent-encoding/);
    const other = await bed.call({ ':path': '/adm.Svc/Admin', ':authority': '' });
    assert.notEqual(other.status, '0');
    assert.equal(bed.reached, MANY);
  });

  it('is logged with what it sent, also where no rule takes it', async () => {
    bed = await RawBed.start();
    for (let i = 0; i < MANY; i++) await bed.call({ ':path': `/s.S/M${i}` });
    await bed.call({ ':path': '/s.S/%41', 'x-request-id': 'r1' });
    await bed.call({ ':path': '/s.S/%42', 'x-request-id': 'r2' });
    bed.gateway.runtime.close();
    const logged = bed.gateway.accessLog
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, string | null>);
    assert.deepEqual(
      logged.slice(MANY).map(line => [line['path'], line['request_id'], line['reason'], line['route']]),
      [
        ['/s.S/%41', 'r1', 'invalid_path', null],
        ['/s.S/%42', 'r2', 'invalid_path', null],
      ],
    );
  });

  it('sends each token on as it is, and no other', async () => {
    bed = await RawBed.start();
    for (let i = 0; i < MANY; i++) {
      await bed.call({ authorization: `Bearer ${i}`, cookie: `id=${i}` });
      assert.equal(seen('authorization'), `Bearer ${i}`);
      assert.equal(seen('cookie'), `id=${i}`);
    }
    await bed.call();
    assert.equal(seen('authorization'), undefined);
  });

  it('gets filters applied to what differs', async () => {
    const change = { set: [], add: [{ name: 'x-add', value: 'ours' }], remove: ['x-remove'] };
    bed = await RawBed.start([{ kind: 'request-headers', change }]);
    for (let i = 0; i < MANY; i++) {
      await bed.call({ 'x-add': `${i}`, 'x-remove': `${i}` });
      assert.equal(seen('x-add'), `${i},ours`);
      assert.equal(seen('x-remove'), undefined);
    }
  });

  it('is matched by what differs, also by a rule that came later', async () => {
    bed = await RawBed.start();
    for (let i = 0; i < MANY; i++) await bed.call({ 'x-tenant': `t${i}` });
    const entries = [
      {
        match: {
          kind: 'grpc' as const,
          method: null,
          headers: [{ kind: 'regex' as const, name: 'x-tenant', value: 't[0-9]*7' }],
        },
        rule: rule('tenant', [backend('guarded')]),
        matchIndex: 0,
      },
      {
        match: { kind: 'grpc' as const, method: null, headers: [] },
        rule: rule('wide', [backend('wide')]),
        matchIndex: 0,
      },
    ];
    await bed.gateway.apply({
      listeners: [listener('grpc', [], { virtualHosts: [{ hostname: '*', entries }] })],
      clusters: { guarded: [bed.guarded.port], wide: [bed.wide.port] },
    });
    const before = bed.guarded.requests.length;
    for (let i = 0; i < MANY; i++) await bed.call({ 'x-tenant': `t${i}` });
    await bed.call();
    assert.equal(bed.guarded.requests.length - before, MANY / 10);
  });
});
