// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bindFailure } from './bind-failure.ts';

describe('what a port could not be bound for', () => {
  const CODES: Readonly<Record<string, string>> = {
    EADDRINUSE: 'port-in-use',
    EACCES: 'privilege-missing',
    EPERM: 'privilege-missing',
    EADDRNOTAVAIL: 'address-not-available',
    EAFNOSUPPORT: 'address-not-available',
    EMFILE: 'other',
    ENFILE: 'other',
  };
  for (const [systemCode, code] of Object.entries(CODES)) {
    it(`is ${code} for ${systemCode}, in words of ours`, () => {
      const failure = bindFailure(systemCode, `listen ${systemCode}: words of the system`);
      assert.equal(failure.code, code);
      assert.doesNotMatch(failure.message, /words of the system/);
    });
  }

  it('is what the system says where nobody knew of it', () =>
    assert.deepEqual(bindFailure('ENOBUFS', 'listen ENOBUFS'), { code: 'other', message: 'listen ENOBUFS' }));
});
