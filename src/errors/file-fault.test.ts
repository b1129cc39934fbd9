// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileFault } from './file-fault.ts';

describe('why a file cannot be used', () => {
  for (const [path, words] of [
    [`${import.meta.filename}.none`, 'there is no such file or folder'],
    [`${import.meta.filename}/none`, 'a file stands where a folder should be'],
    [import.meta.dirname, 'it is a folder, not a file'],
  ] as const)
    it(`is said in plain words: ${words}`, () => {
      assert.throws(
        () => readFileSync(path),
        error => fileFault(error) === words,
      );
    });

  it('is said in plain words: symbolic links in a circle', () => {
    const error = Object.assign(new Error("ELOOP: too many symbolic links encountered, stat 'a'"), { code: 'ELOOP' });
    assert.equal(fileFault(error), 'its symbolic links go round in a circle');
  });

  it('is the message of what is no such failure', () => {
    assert.equal(fileFault(new Error('not a certificate\nbut this')), 'not a certificate');
  });
});
