// SPDX-License-Identifier: Apache-2.0

import {
  EXPERIMENTAL_GROUP,
  GATEWAY_GROUP,
  KINDS,
  type KindDeclaration,
  parseResource,
} from '../../src/resources/index.ts';
import type { Coverage } from './coverage.ts';
import { isFields, type Json } from './json.ts';
import type { Mutant } from './mutate.ts';
import type { Collection, Oracle, Verdict } from './oracle.ts';

/** An object on which we and the API server do not agree. */
export interface Disagreement {
  readonly mutant: Mutant;
  /** Our issues; '' when we take the object. */
  readonly ours: string;
  readonly verdict: Verdict;
}

/** What came of a comparison. */
export interface Comparison {
  readonly judged: number;
  readonly refused: number;
  /** Objects of core kinds, and those whose namespace does not exist there. */
  readonly skipped: number;
  /** Objects of each kind and version that were judged: `Gateway v1`. */
  readonly byKind: ReadonlyMap<string, number>;
  readonly disagreements: ReadonlyMap<string, readonly Disagreement[]>;
}

const CONCURRENCY = 8;
const NAMESPACES = ['default', 'team-a'];
/** The kinds that are compared: those of the Gateway API. */
export const COMPARED: ReadonlyMap<string, KindDeclaration> = new Map(
  [...KINDS].filter(([, { group }]) => group === GATEWAY_GROUP || group === EXPERIMENTAL_GROUP),
);

/** What the API server says to an object; undefined where that says nothing about its fields. */
export async function askOracle(oracle: Oracle, object: Json): Promise<Verdict | undefined> {
  if (isOtherKind(object)) return undefined;
  const verdict = await oracle.judge(collectionOf(object), JSON.stringify(object));
  return isMissingNamespace(verdict) ? undefined : verdict;
}

/** Has every object judged by both sides. */
export async function compareAll(
  oracle: Oracle,
  mutants: Iterator<Mutant>,
  judge: (object: Json) => string | Promise<string>,
  coverage: Coverage,
): Promise<Comparison> {
  const disagreements = new Map<string, Disagreement[]>();
  const byKind = new Map<string, number>();
  const counts = { judged: 0, refused: 0, skipped: 0 };
  await makeNamespaces(oracle);
  const worker = async (): Promise<void> => {
    for (let next = mutants.next(); next.done !== true; next = mutants.next()) {
      const mutant = next.value;
      const verdict = await askOracle(oracle, mutant.object);
      if (verdict === undefined) {
        counts.skipped += 1;
        continue;
      }
      const kind = kindAndVersionOf(mutant.object);
      counts.judged += 1;
      byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
      coverage.note(kind, verdict);
      if (verdict.isRefused) counts.refused += 1;
      const ours = await judge(mutant.object);
      if (verdict.isRefused === ours.includes('schema/')) continue;
      const group = verdict.isRefused
        ? `only the API server refuses: ${essence(verdict)}`
        : `only we refuse: ${codes(ours)}`;
      disagreements.set(group, [...(disagreements.get(group) ?? []), { mutant, ours, verdict }]);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return { ...counts, byKind, disagreements };
}

/** Makes the namespaces that the seeds are in. */
export async function makeNamespaces(oracle: Oracle): Promise<void> {
  for (const name of NAMESPACES) {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await oracle.ensure({ group: '', version: 'v1', plural: 'namespaces', namespace: '' }, JSON.stringify(object));
  }
}

/** Our issues as text; '' when we take the object. */
export function ourVerdict(object: Json): string {
  const parsed = parseResource(object, { defaultNamespace: 'default' });
  if (parsed.outcome === 'resource') return '';
  if (parsed.outcome === 'unknown') return `schema/kind: unknown, and so ignored: ${parsed.unknown.kind}`;
  return parsed.issues.map(({ code, path, message }) => `${code} ${path.join('.')}: ${message}`).join(' | ');
}

/** Where an object is posted: by its kind and version where they are served, else to the Gateways. */
function collectionOf(object: Json): Collection {
  const fields = isFields(object) ? object : {};
  const kind = kindOf(object);
  const [group = '', version = ''] = String(fields['apiVersion']).split('/');
  const declaration = COMPARED.get(kind);
  const isServed = declaration?.group === group && declaration.versions.includes(version);
  const metadata = isFields(fields['metadata']) ? fields['metadata'] : {};
  // A malformed namespace cannot be asked for: the object is posted elsewhere, and refused as not fitting.
  const written = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : '';
  const namespace = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(written) ? written : '';
  return {
    group: isServed ? group : GATEWAY_GROUP,
    version: isServed ? version : 'v1',
    plural: isServed ? declaration.plural : 'gateways',
    namespace: isServed && !declaration.isNamespaced ? '' : namespace || 'default',
  };
}

/** True for an object that a mutation made one of another kind: those are not compared. */
function isOtherKind(object: Json): boolean {
  const kind = kindOf(object);
  const parsed = parseResource(object, { defaultNamespace: 'default' });
  return (KINDS.has(kind) && !COMPARED.has(kind)) || (parsed.outcome === 'unknown' && parsed.isKnown);
}

function kindOf(object: Json): string {
  return isFields(object) ? String(object['kind']) : '';
}

function kindAndVersionOf(object: Json): string {
  const version = isFields(object) ? String(object['apiVersion']).split('/').at(-1) : '';
  return `${kindOf(object)} ${version}`;
}

function isMissingNamespace({ message }: Verdict): boolean {
  const match = /^namespaces "([a-z0-9]([-a-z0-9]*[a-z0-9])?)" not found$/.exec(message);
  return (match?.[1]?.length ?? 64) <= 63;
}

function essence({ message }: Verdict): string {
  return message
    .replace(/^.*? is invalid: /s, '')
    .replace(/\d+/g, 'N')
    .slice(0, 100);
}

function codes(ours: string): string {
  return [...new Set(ours.match(/schema\/[a-z-]+/g))].join(', ');
}
