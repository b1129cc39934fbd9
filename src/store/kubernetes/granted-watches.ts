// SPDX-License-Identifier: Apache-2.0

import { isObject, mappingOf } from '../plain-object.ts';
import type { KubeClient } from './kube-client.ts';
import type { ReadKind } from './read-kinds.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
/** Every cluster has it. Rights of its own are no harm: what is granted there only is not missed. */
const NAMESPACE = 'default';

/**
 * The kinds of which all objects may be watched, as far as the server can tell: who grants rights by other means than lists of rules is not
 * heard. null: it does not say. Rejects when it does not answer at all.
 */
export async function grantedWatches(
  client: Pick<KubeClient, 'request'>,
  kinds: readonly ReadKind[],
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace: NAMESPACE },
  };
  const answer = await client.request({ method: 'POST', path: REVIEWS, body, signal });
  const { resourceRules: rules } = mappingOf(mappingOf(answer.json)['status']);
  if (answer.status >= 300 || !Array.isArray(rules)) return null;
  const granted = kinds.filter(({ declaration: { group, plural } }) =>
    rules.some(
      rule =>
        isObject(rule) &&
        has(rule['apiGroups'], group) &&
        has(rule['resources'], plural) &&
        has(rule['verbs'], 'watch') &&
        !isLimited(rule['resourceNames']),
    ),
  );
  return new Set(granted.map(({ kind }) => kind));
}

function has(list: unknown, wanted: string): boolean {
  return Array.isArray(list) && (list.includes(wanted) || list.includes('*'));
}

/** To objects of some names. */
function isLimited(names: unknown): boolean {
  return Array.isArray(names) && names.length > 0;
}
