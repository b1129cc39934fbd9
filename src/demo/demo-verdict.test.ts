// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoVerdict } from './demo-verdict.ts';

describe('the verdict of a demo pod', () => {
  const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`;

  it('tells whose the credentials are', () => {
    const ann = { status: 200, fields: { 'x-user': 'ann' }, text: '' };
    assert.deepEqual(demoVerdict('/authorize/a', basic('ann:se:cret')), ann);
    assert.deepEqual(demoVerdict('/authorize/', basic('ann:').replace('Basic', 'basic')), ann);
  });

  it('is 401 without credentials, or with some that no field could name', () => {
    for (const said of [undefined, '', 'Bearer YW5uOng=', 'Basic ?', basic('ann'), basic(':x'), basic('a\r\nb:x')]) {
      assert.equal(demoVerdict('/authorize/a', said)?.status, 401, said);
    }
  });

  it('is given where it is asked for', () => {
    for (const path of ['/', '/authorize', '/authorized/a', '/a/authorize/']) assert.equal(demoVerdict(path, ''), null);
  });
});
