// SPDX-License-Identifier: Apache-2.0

import { type PartNaming, refuseMixedParts } from './named-parts.ts';
import type { ParentReference } from './references.ts';
import { parentReference } from './references.ts';
import { list } from './vocabulary.ts';

const NAMING: PartNaming<ParentReference> = {
  objectOf: ({ group, kind, namespace, name }) => JSON.stringify([group, kind, namespace ?? null, name]),
  partOf: ({ sectionName, port }) => `${sectionName ?? ''} ${port ?? ''}`,
  meansOf({ sectionName, port }) {
    if (sectionName === undefined) return port === undefined ? 'name alone' : 'port';
    return port === undefined ? 'sectionName' : 'sectionName and port';
  },
  duplicate: 'schema/parent-duplicate',
  ambiguous: 'schema/parent-ambiguous',
  help: 'give all references to one parent a sectionName, or all of them a port',
};

/**
 * The parents of a route. When several references name one parent, all of them must say which part of it by the same
 * means (sectionName, port or both), and no two may mean the same part.
 */
export const parentReferences = list(parentReference, { max: 32 }).check(context => refuseMixedParts(context, NAMING));
