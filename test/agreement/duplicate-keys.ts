// SPDX-License-Identifier: Apache-2.0

import { isFields, isItems, type Json, placesIn, valueAt } from './json.ts';
import { SEEDS } from './seeds.ts';

const SECOND = '\u0001second';

/** The JSON texts of the seeds in which one field is written twice: no parser's result shows that any more. */
export function* duplicateKeyTexts(): Generator<{ name: string; text: string }> {
  for (const seed of SEEDS) {
    for (const path of placesIn(seed)) {
      const fields = valueAt(seed, path);
      if (!isFields(fields)) continue;
      for (const key of Object.keys(fields)) {
        const doubled = Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => twice(name, value, key)));
        const text = JSON.stringify(put(seed, path, doubled)).replace(JSON.stringify(SECOND), JSON.stringify(key));
        yield { name: `${[...path, key].join('.')} twice`, text };
      }
    }
  }
}

function twice(name: string, value: Json, key: string): [string, Json][] {
  return name === key
    ? [
        [name, value],
        [SECOND, value],
      ]
    : [[name, value]];
}

// Not replaceAt, which keeps no order of fields that it has not seen.
function put(value: Json, [key, ...rest]: readonly (string | number)[], replacement: Json): Json {
  if (key === undefined) return replacement;
  if (isItems(value)) return value.map((item, index) => (index === key ? put(item, rest, replacement) : item));
  if (!isFields(value)) return value;
  const entries = Object.entries(value).map(([name, field]): [string, Json] => {
    return [name, name === key ? put(field, rest, replacement) : field];
  });
  return Object.fromEntries(entries);
}
