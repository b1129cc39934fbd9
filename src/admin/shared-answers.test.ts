// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdminAnswer } from './admin-answer.ts';
import { SharedAnswers } from './shared-answers.ts';

const said = (body: string): AdminAnswer => ({ status: 200, type: 'text/plain', body, headers: {} });

describe('answers that several share', () => {
  it('are made one at a time, and the next one for all who ask meanwhile', async () => {
    const shared = new SharedAnswers();
    let [state, made] = ['old', 0];
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const make = async (): Promise<AdminAnswer> => {
      const answer = said(state);
      made += 1;
      begun.resolve();
      await held.promise;
      return answer;
    };
    const first = shared.next('/config', make);
    assert.equal(shared.next('/config', make), first, 'it is not begun yet');
    await begun.promise;
    state = 'new';
    const later = Array.from({ length: 100 }, () => shared.next('/config', make));
    held.resolve();
    assert.equal(String((await first).body), 'old');
    const answers = await Promise.all(later);
    assert.equal(String(answers[0]?.body), 'new');
    assert.equal(new Set(answers).size, 1);
    assert.equal(made, 2);
  });

  it('wait for no other page, and for none that failed', async () => {
    const shared = new SharedAnswers();
    const never = shared.next('/config', () => new Promise(() => {}));
    const broken = shared.next('/findings', () => Promise.reject(new Error('broken')));
    await assert.rejects(broken, /broken/);
    assert.equal(String((await shared.next('/findings', () => said('well'))).body), 'well');
    assert.ok(never instanceof Promise);
  });
});
