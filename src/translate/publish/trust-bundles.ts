// SPDX-License-Identifier: Apache-2.0

import type { TrustBundle } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import { share } from '../share.ts';

/** The bundles that clusters and listeners use, once each, sorted by id. Unchanged ones keep their identity. */
export function publishTrustBundles(
  used: Iterable<TrustBundle>,
  previous: readonly TrustBundle[] = [],
): readonly TrustBundle[] {
  const known = new Map(previous.map(bundle => [bundle.id, bundle]));
  const bundles = new Map<string, TrustBundle>();
  // The id follows from the content, which need not be compared.
  for (const bundle of used) bundles.set(bundle.id, known.get(bundle.id) ?? bundle);
  return share(
    previous,
    [...bundles.values()].sort((a, b) => compareStrings(a.id, b.id)),
  );
}
