// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_LISTED_FINDINGS } from '../../errors/index.ts';
import type { StreamTables } from '../arbitrate/stream-tables.ts';
import type { RankedStream } from '../rules/translate-stream.ts';
import { lintSupersededRoutes } from './superseded-routes.ts';

function stream(name: string): RankedStream {
  const origin = { kind: 'TLSRoute', namespace: 'a', name, ruleIndex: 0, ruleName: '' };
  return { rule: { id: `TLSRoute/a/${name}/0`, origin } } as RankedStream;
}

/** Routes of the same names at each listener. */
function tables(routes: number, listeners: number, names: number): StreamTables {
  const streams = Array.from({ length: routes }, (_, at) => stream(`r${at}`));
  const byName = new Map(Array.from({ length: names }, (_, at) => [`h${at}.org`, streams]));
  return new Map(Array.from({ length: listeners }, (_, at) => [`a/gw/l${at}`, { byName, serverNames: [] }]));
}

describe('routes that are attached and get nothing', () => {
  it('are told of by route, listener and name', () => {
    const { findings, more } = lintSupersededRoutes(tables(3, 2, 2));
    assert.deepEqual(
      findings.map(
        ({ resource, message }) => `${resource?.name} ${message.replace(/ gets here.* takes (\S+) .*/, ' $1')}`,
      ),
      ['r1', 'r2'].flatMap(name =>
        ['l0', 'l1'].flatMap(listener =>
          ['h0.org', 'h1.org'].map(host => `${name} Nothing of listener a/gw/${listener} ${host}`),
        ),
      ),
    );
    assert.equal(more, 0);
  });

  it('are counted where nobody would read of all of them', () => {
    const { findings, more } = lintSupersededRoutes(tables(201, 8, 16));
    assert.equal(findings.length, MAX_LISTED_FINDINGS);
    assert.equal(findings.length + more, 200 * 8 * 16);
  });
});
