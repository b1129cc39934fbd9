// SPDX-License-Identifier: Apache-2.0

import type { GatewayClass } from '../../resources/index.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';

/** Patches of it change no field. */
const SUPPORTED = /^v1\.7\.\d+(-|$)/;

/** Definitions in the cluster of another version than ours: they are served as well as they can be. `versions`: '' names none. */
export function unsupportedVersion(
  gatewayClass: GatewayClass,
  versions: readonly string[],
): Problem<'UnsupportedVersion'> | null {
  const others = versions.filter(version => !SUPPORTED.test(version));
  if (others.length === 0) return null;
  const named = others.map(version => (version === '' ? 'one that its annotations do not name' : version));
  const finding = findingOf('gateway-class/unsupported-version', gatewayClass, {
    path: ['spec', 'controllerName'],
    message: `the cluster has definitions of the Gateway API of another version than v1.7: ${named.join(', ')}`,
    help: 'Install those of v1.7; until then fields that both know are served, others are not',
  });
  return { reason: 'UnsupportedVersion', finding };
}
