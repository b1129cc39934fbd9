// SPDX-License-Identifier: Apache-2.0

import {
  binaryTag,
  boolYaml11Tag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  floatCoreTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  type ScalarTagDefinition,
  type Schema,
  seqTag,
} from 'js-yaml';

/**
 * How plain scalars are read: as kubectl reads them (its YAML library is Go's yaml.v2). That is YAML 1.1 for booleans
 * (`yes`, `on`), Go's rules for numbers (`0644`, `0X1F`, `1_000`), but neither base 60 (`12:30`) nor dates, which stay
 * strings.
 */
const INTEGER = /^[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)$/;
const DIGITS = '0123456789';

const integerTag: ScalarTagDefinition<number> = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: ['-', '+', ...DIGITS],
  resolve: source => parseInteger(withoutUnderscores(source)),
  identify: value => Number.isInteger(value),
});

const floatTag: ScalarTagDefinition<number> = defineScalarTag('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: ['-', '+', '.', ...DIGITS],
  resolve: (source, isExplicit, tagName) => {
    return floatCoreTag.resolve(source.startsWith('.') ? source : withoutUnderscores(source), isExplicit, tagName);
  },
  identify: value => typeof value === 'number',
});

function withoutUnderscores(source: string): string {
  return source.includes('_') ? source.replaceAll('_', '') : source;
}

function parseInteger(source: string): number | typeof NOT_RESOLVED {
  if (!INTEGER.test(source)) return NOT_RESOLVED;
  const digits = source.replace(/^[-+]/, '');
  const sign = source.startsWith('-') ? -1 : 1;
  if (!/^0./.test(digits)) return sign * Number(digits);
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits}` : digits);
  // More than 64 bits are no integer: a string, or digits with a zero before them.
  return value > (sign < 0 ? 2n ** 63n : 2n ** 64n - 1n) ? NOT_RESOLVED : sign * Number(value);
}

/** Bytes in base 64, which stand for the string that they are in UTF-8. */
const base64Tag: ScalarTagDefinition<string> = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve: (source, isExplicit, tagName) => {
    const bytes = binaryTag.resolve(source, isExplicit, tagName);
    return bytes === NOT_RESOLVED ? NOT_RESOLVED : Buffer.from(bytes).toString('utf8');
  },
  identify: () => false,
});

/** Tags that mean nothing are ignored: a scalar is a string then. */
const OTHER_TAGS = [
  defineScalarTag('', { matchByTagPrefix: true, resolve: source => source, identify: () => false }),
  defineSequenceTag('', {
    matchByTagPrefix: true,
    create: seqTag.create,
    addItem: seqTag.addItem,
    identify: () => false,
  }),
];

function addPair(fields: Record<string, unknown>, key: unknown, value: unknown): string {
  if (key === null) return 'null cannot be the name of a field: put it in quotes';
  return mapTag.addPair(fields, key, value);
}

const { create, has, keys, get } = mapTag;

/** The schema for js-yaml. */
export const KUBERNETES_YAML: Schema = CORE_SCHEMA.withTags(
  integerTag,
  floatTag,
  boolYaml11Tag,
  mergeTag,
  base64Tag,
  OTHER_TAGS,
  defineMappingTag(mapTag.tagName, { create, addPair, has, keys, get, identify: () => false }),
  defineMappingTag('', { matchByTagPrefix: true, create, addPair, has, keys, get, identify: () => false }),
);

/** What a mapping's key is as the name of a field, given how it is written: `0x10` is `16`, and `yes` is `true`. */
export function fieldName(source: string, isPlain: boolean): string {
  return isPlain ? String(KUBERNETES_YAML.resolveImplicitScalarTag(source).value) : source;
}
