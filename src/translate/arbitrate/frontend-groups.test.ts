// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import type { RouteChange } from '../rules/translated-routes.ts';
import { groupFrontends } from './frontend-groups.ts';

const SERVICE = 'a/shop';
/** As many as 64 ports and 94 namespaces of clients make. */
const IDS = Array.from({ length: 6_000 }, (_, at) => `Service/${SERVICE}:${1_000 + ((at * 7) % 6_000)}`);

/** A route at ports of one Service, given by the ids of its listeners. */
function routeAt(ids: readonly string[]): TranslatedRoute {
  const attachments = ids.map(id => ({
    listener: { id, port: Number(id.split(':')[1]), frontend: { service: SERVICE, clients: null } },
    hostnames: [],
  }));
  return { route: { kind: 'HTTPRoute' }, attachments: attachments } as unknown as TranslatedRoute;
}

function changed(before: TranslatedRoute | undefined, after: TranslatedRoute | undefined): Map<string, RouteChange> {
  return new Map([['HTTPRoute/a/r', { before, after }]]);
}

describe('the groups of a Service with many ports', () => {
  it('are listed in order as they come and go', () => {
    const first = routeAt(IDS);
    const all = groupFrontends(changed(undefined, first));
    assert.deepEqual(all.byService.get(SERVICE), IDS.toSorted());
    const second = routeAt(IDS.slice(0, 200));
    const fewer = groupFrontends(changed(first, second), all);
    assert.deepEqual(fewer.byService.get(SERVICE), IDS.slice(0, 200).sort());
    assert.equal(fewer.byId.size, 200);
    const none = groupFrontends(changed(second, undefined), fewer);
    assert.deepEqual([none.byService.size, none.byId.size], [0, 0]);
  });
});

describe('the routes of one kind at a port of a Service', () => {
  const at = routeAt([IDS[0] as string]);
  const both = (...keys: string[]): Map<string, RouteChange> =>
    new Map(keys.map(key => [`HTTPRoute/a/${key}`, { before: undefined, after: at }]));
  const exampleOf = ({ byId }: ReturnType<typeof groupFrontends>): string | undefined => [...byId.values()][0]?.example;

  it('are stood for by the same one in whatever order they come', () => {
    for (const order of [both('r', 'q'), both('q', 'r')])
      assert.equal(exampleOf(groupFrontends(order)), 'HTTPRoute/a/q');
    assert.equal(exampleOf(groupFrontends(both('q'), groupFrontends(both('r')))), 'HTTPRoute/a/q');
  });
});
