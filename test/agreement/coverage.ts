// SPDX-License-Identifier: Apache-2.0

/**
 * Which parts of the CRDs the mutants reach. A part is reached when an API server refused an object for it: each field of
 * a spec, and each rule (CEL) between fields. In: the CRDs as the server has them, then every refusal. Out: what is missed.
 */
import { isFields, isItems, type Json } from './json.ts';
import type { Verdict } from './oracle.ts';

/** Rules that no new object can break alone: one concerns changes, the other's enumeration stands before it. */
const OUT_OF_REACH: readonly string[] = [
  'spec.controllerName: field is immutable',
  "path: type must be one of ['Exact', 'PathPrefix', 'RegularExpression']",
];

/** What there is to be reached, and what is not yet. Fields are places, rules are places with a message. */
export class Coverage {
  /** By kind and version (`Gateway v1`); versions of one schema share theirs. */
  readonly #missed = new Map<string, Set<string>>();
  readonly #fields: number;
  readonly #rules: number;

  /** @param crds CustomResourceDefinitions as JSON. */
  constructor(crds: readonly Json[]) {
    for (const crd of crds) {
      const bySchema = new Map<string, Set<string>>();
      const versions = at(crd, 'spec', 'versions');
      for (const version of isItems(versions) ? versions : []) {
        if (at(version, 'served') !== true) continue;
        const parts = partsOf(at(version, 'schema', 'openAPIV3Schema', 'properties', 'spec'), 'spec');
        const schema = JSON.stringify(parts);
        const missed = bySchema.get(schema) ?? new Set(parts);
        bySchema.set(schema, missed);
        this.#missed.set(`${String(at(crd, 'spec', 'names', 'kind'))} ${String(at(version, 'name'))}`, missed);
      }
    }
    const parts = [...new Set(this.#missed.values())].flatMap(each => [...each]);
    this.#rules = parts.filter(part => part.includes(': ')).length;
    this.#fields = parts.length - this.#rules;
  }

  /** True for a kind and version (`Gateway v1`) that is served. */
  has(kind: string): boolean {
    return this.#missed.has(kind);
  }

  /** Notes what an API server refused an object of a kind and version (`Gateway v1`) for. */
  note(kind: string, { causes }: Verdict): void {
    const missed = this.#missed.get(kind);
    if (missed === undefined || missed.size === 0) return;
    for (const { field, message } of causes) {
      const place = field.replaceAll(/\[[^\]]*\]/g, '');
      missed.delete(place);
      for (const part of missed) if (isRule(part, place, message) || isEntry(part, place)) missed.delete(part);
    }
  }

  /** How many fields and rules there are, and the names of those that no refusal was for. */
  report(): { readonly fields: number; readonly rules: number; readonly missed: readonly string[] } {
    const named = new Map([...this.#missed].map(([kind, parts]) => [parts, kind]));
    const missed = [...named].flatMap(([parts, kind]) => [...parts].map(part => `${kind} ${part}`));
    return { fields: this.#fields, rules: this.#rules, missed };
  }
}

/** A schema's place, its rules and all below it. Items of a list stand at the place of the list. */
function partsOf(schema: Json | undefined, place: string): string[] {
  if (!isFields(schema)) return [];
  const rules = schema['x-kubernetes-validations'];
  const texts = (isItems(rules) ? rules : []).map(rule => `${place}: ${String(at(rule, 'message'))}`);
  const properties = schema['properties'];
  return [
    place,
    ...texts.filter(text => !OUT_OF_REACH.some(end => text.endsWith(end))),
    ...Object.entries(isFields(properties) ? properties : {}).flatMap(([key, child]) =>
      partsOf(child, `${place}.${key}`),
    ),
    ...partsOf(schema['additionalProperties'], `${place}.*`),
    ...partsOf(schema['items'], place),
  ];
}

function isRule(part: string, place: string, message: string): boolean {
  return part.startsWith(`${place}: `) && message.includes(part.slice(place.length + 2));
}

/** True for a value in a map, whatever its key. */
function isEntry(part: string, place: string): boolean {
  return part.endsWith('.*') && place.startsWith(part.slice(0, -1));
}

function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let found = value;
  for (const key of path) {
    found = isItems(found) ? found[Number(key)] : isFields(found) ? found[String(key)] : undefined;
  }
  return found;
}
