// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { ANY_HOST, compareStrings } from '../../values/index.ts';
import type { StreamTables } from '../arbitrate/stream-tables.ts';
import { findingOf, routeOf } from '../report.ts';
import type { RankedStream } from '../rules/translate-stream.ts';

/** Routes of streams that are attached and get nothing, because another route takes the same connections first. */
export function lintSupersededRoutes(streams: StreamTables): readonly Finding[] {
  const found: { readonly key: string; readonly finding: Finding }[] = [];
  for (const [listener, { byName }] of streams) {
    for (const [name, [first, ...others]] of byName) {
      if (first === undefined) continue;
      for (const other of others)
        found.push({
          key: `${other.rule.id} ${listener} ${name}`,
          finding: superseded(other, first, { listener, name }),
        });
    }
  }
  return found.sort((a, b) => compareStrings(a.key, b.key)).map(({ finding }) => finding);
}

function superseded(
  { rule }: RankedStream,
  first: RankedStream,
  { listener, name }: { readonly listener: string; readonly name: string },
): Finding {
  const { kind, namespace, name: winner } = first.rule.origin;
  const what = name === ANY_HOST ? 'all of it' : name;
  return findingOf('lint/superseded-route', routeOf(rule.origin), {
    path: ['spec', 'parentRefs'],
    message: `Nothing of listener ${listener} gets here: ${kind} ${namespace}/${winner} takes ${what} (the more specific hostname wins, then the older route, then the name)`,
    help: 'Attach one of the two to another listener, or share the traffic out by weights in one route',
  });
}
