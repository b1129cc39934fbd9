// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseResource, SCHEMA_CODES } from '../../src/resources/index.ts';
import { ourVerdict } from './compare.ts';
import { applyEdits, type Edit, randomMutants } from './mutate.ts';

interface RecordedVerdict {
  readonly seed: number;
  readonly edits: readonly Edit[];
  readonly isRefused: boolean;
}

describe('our verdict on an object', () => {
  it('is the one that an API server gave', () => {
    const lines = readFileSync(new URL('verdicts.jsonl', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    for (const line of lines) {
      const recorded: RecordedVerdict = JSON.parse(line);
      const ours = ourVerdict(applyEdits(recorded.seed, recorded.edits));
      assert.equal(ours !== '', recorded.isRefused, `${line}\n${ours}`);
    }
    assert.ok(lines.length > 2000);
  });

  it('says what is wrong and what to do, on one line each', () => {
    for (const { object } of randomMutants(7, 1000)) {
      const parsed = parseResource(object, { defaultNamespace: 'default' });
      if (parsed.outcome !== 'refused') continue;
      assert.ok(parsed.issues.length > 0);
      for (const { code, message, help } of parsed.issues) {
        assert.ok(code in SCHEMA_CODES, code);
        assert.match(message, /^.+$/, code);
        assert.match(help, /^.+$/, code);
      }
    }
  });

  it('depends on the object alone, which stays as it is', () => {
    for (const { object } of randomMutants(8, 200)) {
      const before = structuredClone(object);
      assert.equal(ourVerdict(object), ourVerdict(before));
      assert.deepEqual(object, before);
    }
  });
});

describe('the generator of mutants', () => {
  it('makes the same objects from the same number', () => {
    assert.deepEqual([...randomMutants(3, 20)], [...randomMutants(3, 20)]);
    assert.notDeepEqual([...randomMutants(3, 20)], [...randomMutants(4, 20)]);
  });
});
