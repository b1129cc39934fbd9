// SPDX-License-Identifier: Apache-2.0

import {
  boolYaml11Tag,
  CORE_SCHEMA,
  defineScalarTag,
  mergeTag,
  NOT_RESOLVED,
  type ScalarTagDefinition,
  type Schema,
} from 'js-yaml';

/**
 * How plain scalars are read: as kubectl reads them (its YAML library is Go's yaml.v2). That is YAML 1.1 for booleans
 * (`yes`, `on`) and octals (`0644`), but not for base 60 (`12:30`) or dates, which stay strings.
 */
const INTEGER = /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$/;

const integerTag: ScalarTagDefinition<number> = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: ['-', '+', ...'0123456789'],
  resolve: source => (INTEGER.test(source) ? parseInteger(source) : NOT_RESOLVED),
  identify: value => Number.isInteger(value),
});

function parseInteger(source: string): number {
  const sign = source.startsWith('-') ? -1 : 1;
  const digits = source.replace(/^[-+]/, '').replaceAll('_', '');
  if (digits.startsWith('0b')) return sign * Number.parseInt(digits.slice(2), 2);
  if (digits.startsWith('0x')) return sign * Number.parseInt(digits.slice(2), 16);
  if (digits.startsWith('0') && digits !== '0') return sign * Number.parseInt(digits.replace(/^0o?/, ''), 8);
  return sign * Number.parseInt(digits, 10);
}

/** The schema for js-yaml. */
export const KUBERNETES_YAML: Schema = CORE_SCHEMA.withTags(integerTag, boolYaml11Tag, mergeTag);
