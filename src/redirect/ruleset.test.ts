// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Redirection, redirectionKey } from './redirection.ts';
import { changeTable, createTable } from './ruleset.ts';

const TABLE = 'daemun_test';

function setOf(...redirections: readonly Redirection[]): Map<string, Redirection> {
  return new Map(redirections.map(one => [redirectionKey(one), one]));
}

function redirection(address: string, port: number, to = '172.18.0.2', toPort = 20_000 + port): Redirection {
  return { address, port, to: { address: to, port: toPort } };
}

describe('a change of the table', () => {
  it('names what differs alone, in one statement', () => {
    const stays = redirection('10.96.0.1', 80);
    const from = setOf(stays, redirection('10.96.0.2', 80, '172.18.0.2', 20_081));
    const to = setOf(stays, redirection('fd00:96::1', 443, 'fd00:9::2', 20_082));
    assert.deepEqual(changeTable(TABLE, from, to), [
      'delete element inet daemun_test routed4 { 10.96.0.2 . 80 }; ' +
        'delete element inet daemun_test local4 { 172.18.0.2 . 20081 }; ' +
        'add element inet daemun_test local6 { fd00:9::2 . 20082 }; ' +
        'add element inet daemun_test routed6 { fd00:96::1 . 443 : fd00:9::2 . 20082 }',
    ]);
  });

  it('says nothing when nothing differs', () => {
    assert.deepEqual(changeTable(TABLE, setOf(redirection('10.96.0.1', 80)), setOf(redirection('10.96.0.1', 80))), []);
  });

  it('keeps a port closed that another redirection leads to still', () => {
    const [a, b] = [redirection('10.96.0.1', 80, '172.18.0.2', 9), redirection('10.96.0.2', 80, '172.18.0.2', 9)];
    assert.deepEqual(changeTable(TABLE, setOf(a, b), setOf(b)), [
      'delete element inet daemun_test routed4 { 10.96.0.1 . 80 }',
    ]);
  });

  it('cuts what is large, closing ports before anything leads to them', () => {
    const many = Array.from({ length: 1_500 }, (_, n) => redirection('10.96.0.1', n + 1));
    const verbs = changeTable(TABLE, new Map(), setOf(...many)).map(text => text.split(' {', 1)[0]);
    const [local, routed] = ['local4', 'routed4'].map(set => `add element inet daemun_test ${set}`);
    assert.deepEqual(verbs, [local, local, routed, routed]);
  });

  for (const address of ['fe80::1%eth0', '10.96.0.1 . 80 }; flush ruleset', 'a.example', '']) {
    it(`refuses ${JSON.stringify(address)} for an address`, () => {
      assert.throws(() => changeTable(TABLE, new Map(), setOf(redirection(address, 80))), /not an IP address/);
      assert.throws(
        () => changeTable(TABLE, new Map(), setOf(redirection('10.96.0.1', 80, address))),
        /not an IP address/,
      );
    });
  }

  it('refuses numbers and names that are none', () => {
    assert.throws(
      () => changeTable(TABLE, new Map(), setOf(redirection('10.96.0.1', Number.NaN))),
      /not a whole number/,
    );
    assert.throws(() => createTable('filter', null), /not a name of our tables/);
    assert.throws(() => createTable(TABLE, -1), /not a whole number/);
  });
});
