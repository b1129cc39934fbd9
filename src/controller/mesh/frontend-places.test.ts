// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrontendPlaces } from './frontend-places.ts';

const NODE = ['172.18.0.2', 'fd00:9::2'];
const PORTS = { first: 20_000, last: 20_002 };
const service = (last: number, port = 80): { address: string; port: number } => ({ address: `10.96.0.${last}`, port });

describe('the places of frontends', () => {
  const allTaken = 'all ports of the node that are for it are taken (run --mesh-ports)';
  const start = (addresses = NODE): FrontendPlaces => new FrontendPlaces(addresses, PORTS, () => 0);

  it('are ports of the node, one for each address and port, the same each time', () => {
    const places = start();
    assert.deepEqual(places.placeOf(service(1)), { address: '172.18.0.2', port: 20_000 });
    assert.deepEqual(places.placeOf(service(1, 81)), { address: '172.18.0.2', port: 20_001 });
    assert.deepEqual(places.placeOf({ address: 'fd00:96::1', port: 80 }), { address: 'fd00:9::2', port: 20_002 });
    assert.deepEqual(places.placeOf(service(1)), { address: '172.18.0.2', port: 20_000 });
  });

  it('are of the family of their frontend', () => {
    const places = start(['172.18.0.2']);
    for (const address of ['fd00:96::1', '10.96.0.300']) {
      assert.equal(places.placeOf({ address, port: 80 }), null);
      assert.equal(places.closure({ address, port: 80 }), 'the node has no address of its family');
    }
  });

  it('come to an end, and are free again when their frontend is gone', () => {
    const places = start();
    for (const last of [1, 2, 3]) places.placeOf(service(last));
    assert.equal(places.placeOf(service(4)), null);
    assert.equal(places.closure(service(4)), allTaken);
    const before = places.version;
    places.keep([service(1), service(2), service(3)]);
    assert.equal(places.version, before);
    places.keep([service(1), service(3)]);
    assert.ok(places.version > before, 'who had none is asked about again');
    assert.deepEqual(places.placeOf(service(4)), { address: '172.18.0.2', port: 20_001 });
  });

  it('are not taken by asking whether there is one', () => {
    const places = start(['172.18.0.2']);
    for (let last = 1; last <= 9; last++) assert.equal(places.closure(service(last)), null);
    assert.equal(places.closure({ address: 'fd00:96::1', port: 80 }), 'the node has no address of its family');
    for (const last of [1, 2, 3]) places.placeOf(service(last));
    assert.equal(places.closure(service(4)), allTaken);
    assert.equal(places.closure(service(3)), null);
  });

  it('are others once the system refuses them', () => {
    const places = start();
    places.placeOf(service(1));
    places.refuse(service(1));
    assert.deepEqual(places.placeOf(service(1)), { address: '172.18.0.2', port: 20_001 });
  });

  it('begin anywhere', () => {
    const places = new FrontendPlaces(NODE, PORTS, () => 0.99);
    assert.deepEqual(places.placeOf(service(1)), { address: '172.18.0.2', port: 20_002 });
    assert.deepEqual(places.placeOf(service(2)), { address: '172.18.0.2', port: 20_000 });
  });
});
