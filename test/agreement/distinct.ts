// SPDX-License-Identifier: Apache-2.0

import { parseResource, type SchemaIssue } from '../../src/resources/index.ts';
import { isFields } from './json.ts';
import { everyMutant, type Mutant } from './mutate.ts';

/**
 * Of all systematic mutants those to which we say something about the spec that we did not say to one before: another code,
 * place (indexes aside) or message. A hundredth of all, and it reaches each rule that all together reach, as far as we know
 * the rule.
 */
export function* distinctMutants(): Generator<Mutant> {
  const said = new Set<string>();
  const saidAlone = new Set<string>();
  for (const mutant of everyMutant()) {
    if (mutant.edits[0]?.path[0] !== 'spec') continue;
    const parsed = parseResource(mutant.object, { defaultNamespace: 'default' });
    if (parsed.outcome !== 'refused') continue;
    const kind = isFields(mutant.object) ? `${mutant.object['apiVersion']} ${mutant.object['kind']}` : '';
    const texts = parsed.issues.filter(({ path }) => path[0] === 'spec').map(issue => `${kind} ${essence(issue)}`);
    // An API server that finds faults of single fields looks at no rules between fields, so rules that stand alone tell more.
    const isPlain = parsed.issues.length === 1 || !parsed.issues.some(({ code }) => OF_ONE_FIELD.has(code));
    const known = isPlain ? saidAlone : said;
    if (texts.every(text => known.has(text))) continue;
    for (const text of texts) known.add(text);
    yield mutant;
  }
}

/** Codes of which one message tells no other rule than another message. */
const ONE_RULE: ReadonlySet<string> = new Set(['schema/type', 'schema/enum', 'schema/pattern', 'schema/required']);

/** Codes of faults that are found before the rules between fields are looked at. */
const OF_ONE_FIELD: ReadonlySet<string> = new Set([
  ...ONE_RULE,
  'schema/unknown-field',
  'schema/length',
  'schema/range',
  'schema/items',
  'schema/duplicate',
]);

/** What is wrong and where, without the value that is. */
function essence({ code, path, message }: SchemaIssue): string {
  const place = path.filter(part => typeof part === 'string');
  if (code === 'schema/unknown-field') return `${code} ${place.slice(0, -1).join('.')}`;
  if (ONE_RULE.has(code)) return `${code} ${place.join('.')}`;
  return `${code} ${place.join('.')} ${message.replace(/^"(?:\\.|[^"])*"/, '').replaceAll(/\d+/g, 'N')}`;
}
