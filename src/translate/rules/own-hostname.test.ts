// SPDX-License-Identifier: Apache-2.0

/** By which of its hostnames a route stands where it stands, when it has many. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareHostnames, hostnameCovers } from '../../values/index.ts';
import { type RankedRoute, rankedOrder } from './precedence.ts';

const routeOf = (name: string, hostnames: readonly string[]): { readonly route: RankedRoute } => ({
  route: { namespace: 'n', name, hostnames: hostnames.toSorted(compareHostnames) },
});

const FILLING = Array.from({ length: 20 }, (_, at) => `h${at}.filling`);

describe('the order of routes at a server name', () => {
  it('is that of the most specific hostnames that take it, however many they have', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const hostname = fc
      .tuple(fc.boolean(), fc.array(label, { minLength: 1, maxLength: 3 }))
      .map(([isWild, labels]) => `${isWild ? '*.' : ''}${labels.join('.')}`);
    const own = fc.uniqueArray(hostname, { maxLength: 6 });
    fc.assert(
      fc.property(own, own, fc.oneof(hostname, fc.constant('*')), (ofA, ofB, name) => {
        const [a, b] = [routeOf('a', [...ofA, ...FILLING]), routeOf('b', [...ofB, ...FILLING])];
        const first = ({ route }: typeof a): string => route.hostnames.find(one => hostnameCovers(one, name)) ?? '*';
        const expected = Math.sign(compareHostnames(first(a), first(b))) || -1;
        assert.equal(Math.sign(rankedOrder(name)(a, b)), expected);
      }),
    );
  });

  it('is found with a few looks among a thousand hostnames', () => {
    let looks = 0;
    const counted = (name: string): { readonly route: RankedRoute } => {
      const { route } = routeOf(
        name,
        Array.from({ length: 1_024 }, (_, at) => `h${at}.example.com`),
      );
      const get = (list: readonly string[], key: string): unknown => {
        if (/^\d+$/.test(key)) looks++;
        return Reflect.get(list, key);
      };
      return { route: { ...route, hostnames: new Proxy(route.hostnames, { get } as ProxyHandler<string[]>) } };
    };
    assert.equal(Math.sign(rankedOrder('h999.example.com')(counted('a'), counted('b'))), -1);
    assert.ok(looks <= 2 * 11, `${looks} looks`);
  });
});
