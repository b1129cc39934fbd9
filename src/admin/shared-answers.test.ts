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

  it('are never made beside another, also when the third is asked for while the second is made', async () => {
    const shared = new SharedAnswers();
    const steps: string[] = [];
    const held = [0, 1, 2].map(() => ({ begun: Promise.withResolvers<void>(), end: Promise.withResolvers<void>() }));
    const ask = (at: number): Promise<AdminAnswer> =>
      shared.next('/config', async () => {
        steps.push(`begin ${at}`);
        held[at]?.begun.resolve();
        await held[at]?.end.promise;
        steps.push(`end ${at}`);
        return said(`${at}`);
      });
    const asked = [ask(0)];
    for (const at of [0, 1, 2]) {
      await held[at]?.begun.promise;
      if (at < 2) asked.push(ask(at + 1));
      // As long as one that does not wait would take to begin.
      for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
      held[at]?.end.resolve();
    }
    await Promise.all(asked);
    assert.deepEqual(
      steps,
      [0, 1, 2].flatMap(at => [`begin ${at}`, `end ${at}`]),
    );
  });

  it('are one copy in bytes', async () => {
    const shared = new SharedAnswers();
    assert.deepEqual((await shared.next('/a', () => said('text'))).body, Buffer.from('text'));
    const body = Buffer.from('bytes');
    assert.equal((await shared.next('/a', () => ({ ...said(''), body }))).body, body);
  });
});
