// SPDX-License-Identifier: Apache-2.0
import { type KindDeclaration, KINDS as RESOURCE_KINDS } from '../../resources/index.ts';
import { similarName } from '../../values/index.ts';
import { usageError } from '../exit-code.ts';

/** How a kind is called on the command line, as `kubectl api-resources` lists it. */
export interface KindNames extends Pick<KindDeclaration, 'plural' | 'shortNames' | 'group' | 'isNamespaced'> {
  readonly kind: string;
}

/** Every kind that `get` knows, in the order of `get all`. */
export const KINDS: readonly KindNames[] = [...RESOURCE_KINDS].map(([kind, declaration]) => ({ kind, ...declaration }));

/** Finds kinds by what a user may call them: kind, singular, plural, short name, `plural.group`, `all`, or several of these with commas; each once. */
export function findKinds(text: string): readonly KindNames[] {
  const found = text.split(',').flatMap(word => (word.trim().toLowerCase() === 'all' ? KINDS : [findKind(word)]));
  return [...new Set(found)];
}

function findKind(text: string): KindNames {
  const wanted = text.trim().toLowerCase();
  const found = KINDS.find(names => namesOf(names).includes(wanted));
  if (found !== undefined) return found;
  const near = similarName(wanted, KINDS.flatMap(namesOf));
  const kind = KINDS.find(names => namesOf(names).includes(near ?? ''));
  throw usageError(
    `unknown kind "${text}"`,
    `${allKinds()}${kind === undefined ? '' : `\nDid you mean ${kind.plural}?`}`,
  );
}

function allKinds(): string {
  return `Kinds: all, ${KINDS.map(names => names.plural).join(', ')}`;
}

/** `gateway.gateway.networking.k8s.io`, `service`: what stands before the slash of `-o name`. */
export function prefixOf({ kind, group }: KindNames): string {
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}

/** `gateways.gateway.networking.k8s.io`, `services`: as kubectl calls a kind in messages. */
export function fullName({ plural, group }: KindNames): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function namesOf({ kind, plural, shortNames, group }: KindNames): string[] {
  const names = [kind.toLowerCase(), plural, ...shortNames];
  return group === '' ? names : [...names, `${kind.toLowerCase()}.${group}`, `${plural}.${group}`];
}
