// SPDX-License-Identifier: Apache-2.0

/** Holds the chart's values, their schema and the comments above them against each other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { z } from 'zod';
import { CHART } from '../../tools/manifests/rendered-chart.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

const document = parseDocument(readFileSync(join(CHART, 'values.yaml'), 'utf8'));
const schema: Schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
const values: unknown = document.toJS();
const top = document.contents;
assert.ok(isMap(top));

/** Every value with its path and the comment above it; of a group, what is in it. */
function leaves(map: YAMLMap, path = ''): { path: string; comment: string }[] {
  return map.items.flatMap(({ key, value }, index) => {
    assert.ok(isScalar(key));
    // The first of a map has its comment at the map.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined) ?? '';
    const own = `${path}${key.value}`;
    const isGroup = isMap(value) && value.items.length > 0 && !isFree(own);
    return isGroup ? leaves(value, `${own}.`) : [{ path: own, comment }];
  });
}

function schemaAt(path: string): Schema | undefined {
  return path.split('.').reduce<Schema | undefined>((at, name) => at?.properties?.[name], schema);
}

/** Whoever installs chooses the keys. */
function isFree(path: string): boolean {
  return schemaAt(path)?.properties === undefined;
}

describe('the values of the chart', () => {
  it('are each explained', () => {
    const mute = leaves(top).filter(({ comment }) => comment.trim() === '');
    assert.deepEqual(
      mute.map(({ path }) => path),
      [],
    );
  });

  it('are what the schema knows, and it refuses any other', () => {
    const compare = (at: Schema, written: unknown, path: string): void => {
      if (at.properties === undefined) return;
      assert.equal(at.additionalProperties, false, path);
      const known = Object.keys(at.properties).filter(name => `${path}.${name}` !== '.global');
      // What has no default is left out, as a reference to nothing is.
      if (Object.keys(written ?? {}).length > 0)
        assert.deepEqual(Object.keys(written ?? {}).sort(), known.sort(), path);
      for (const name of known)
        compare(at.properties[name] ?? {}, (written as Record<string, unknown>)[name], `${path}.${name}`);
    };
    compare(schema, values, '');
  });

  it('are valid as they come', () => {
    const { success, error } = z.fromJSONSchema(JSON.parse(JSON.stringify(schema))).safeParse(values);
    assert.ok(success, error?.message);
  });
});
