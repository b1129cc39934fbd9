// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileBinding } from './compiled-binding.ts';
import { PatternVerdicts } from './pattern-verdicts.ts';
import { SharedMatchers } from './shared-matchers.ts';
import { binding, entry, exact, listener, request, virtualHost } from './snapshot-builders.test-support.ts';

describe('listener isolation', () => {
  const compiled = compileBinding(
    binding(
      listener('exact', 'a.example.com'),
      listener('long', '*.b.example.com'),
      listener('short', '*.example.com'),
      listener('any', '*'),
    ),
  );
  for (const [host, owner] of [
    ['a.example.com', 'exact'],
    ['x.b.example.com', 'long'],
    ['x.y.b.example.com', 'long'],
    ['b.example.com', 'short'],
    ['example.com', 'any'],
    ['.example.com', 'any'],
    ['', 'any'],
  ] as const) {
    it(`gives ${JSON.stringify(host)} to listener ${owner}`, () => {
      assert.equal(compiled.listenerFor(host)?.listener.name, owner);
    });
  }

  it('gives a host that no listener takes to none', () => {
    assert.equal(compileBinding(binding(listener('a', 'a.test'))).listenerFor('b.test'), undefined);
  });
});

describe('matching', () => {
  const specific = virtualHost('a.example.com', entry('specific', exact('pkg.A', 'One')));
  const wide = virtualHost('*.example.com', entry('wide', null));
  const compiled = compileBinding(binding(listener('l', '*', specific, wide)));
  const ruleFor = (host: string, path: string) => compiled.listenerFor(host)?.match(host, request(path))?.rule.id;

  it('falls through to the less specific virtual host when the specific one has no entry for the request', () => {
    assert.equal(ruleFor('a.example.com', '/pkg.A/One'), 'specific');
    assert.equal(ruleFor('a.example.com', '/pkg.A/Two'), 'wide');
  });

  it('answers nothing for a host that no virtual host takes', () => {
    assert.equal(ruleFor('other.test', '/pkg.A/One'), undefined);
  });

  it('takes gRPC requests only', () => {
    const plain = { ...request('/pkg.A/One'), isGrpc: false, called: null };
    assert.equal(compiled.listenerFor('a.example.com')?.match('a.example.com', plain), undefined);
  });

  it('never matches a pattern that RE2 refuses', () => {
    const broken = entry('broken', { kind: 'regex', service: '(?=x)', method: null });
    const only = compileBinding(binding(listener('l', '*', virtualHost('*', broken))));
    assert.equal(only.listenerFor('h')?.match('h', request('/x/y')), undefined);
  });

  it('finds one of many entries on one method by header', () => {
    const many = Array.from({ length: 50 }, (_, at) =>
      entry(`tenant-${at}`, exact('s', 'm'), { kind: 'exact', name: 'x-tenant', value: `${at}` }),
    );
    const only = compileBinding(binding(listener('l', '*', virtualHost('*', ...many, entry('rest', exact('s', 'm'))))));
    const idFor = (headers: Record<string, string>) =>
      only.listenerFor('h')?.match('h', request('/s/m', headers))?.rule.id;
    assert.equal(idFor({ 'x-tenant': '42' }), 'tenant-42');
    assert.equal(idFor({ 'x-tenant': 'none' }), 'rest');
    assert.equal(idFor({}), 'rest');
  });
});

describe('volatile headers', () => {
  const volatileNames = new Set(['x-request-id']);
  it('says when a match looks at one', () => {
    const byId = entry('r', null, { kind: 'regex', name: 'x-request-id', value: 'a.*' });
    const compiled = compileBinding(binding(listener('l', '*', virtualHost('*', byId))), { volatileNames });
    assert.equal(compiled.listenerFor('h')?.usesVolatile, true);
  });
  it('says when none does', () => {
    const byEnv = entry('r', null, { kind: 'exact', name: 'env', value: 'x' });
    const compiled = compileBinding(binding(listener('l', '*', virtualHost('*', byEnv))), { volatileNames });
    assert.equal(compiled.listenerFor('h')?.usesVolatile, false);
  });
});

describe('compiling again', () => {
  const entries = Array.from({ length: 20 }, (_, at) => entry(`r${at}`, exact('s', `m${at}`)));
  const first = binding(listener('l', '*', virtualHost('*', ...entries), virtualHost('a.test', entry('a', null))));
  const compiled = compileBinding(first);

  it('takes everything over when nothing changed', () => {
    assert.equal(compileBinding(first, { previous: compiled }), compiled);
  });

  it('shares the index and answers the new rule when only a rule changed', () => {
    const changed = entries.map((old, at) => (at === 7 ? entry('new', exact('s', 'm7')) : old));
    const next = compileBinding(binding(listener('l', '*', virtualHost('*', ...changed))), { previous: compiled });
    assert.equal(next.listenerFor('h')?.match('h', request('/s/m7'))?.rule.id, 'new');
    assert.equal(next.listeners[0]?.virtualHost('*')?.matcher, compiled.listeners[0]?.virtualHost('*')?.matcher);
  });

  it('has one index for listeners and hosts of the same matches, for rules of each their own', () => {
    const others = entries.map((old, at) => ({ ...old, rule: entry(`other${at}`, null).rule }));
    const shorter = entries.slice(0, -1);
    const hosts = [virtualHost('*', ...others), virtualHost('a.test', ...entries), virtualHost('b.test', ...shorter)];
    const matchers = new SharedMatchers();
    const verdicts = new PatternVerdicts();
    const one = compileBinding(binding(listener('l', '*', ...hosts)), { verdicts, matchers });
    const two = compileBinding(binding(listener('m', '*', virtualHost('*', ...entries))), { verdicts, matchers });
    const ofHost = (host: string) => one.listeners[0]?.virtualHost(host)?.matcher;
    assert.equal(ofHost('*'), ofHost('a.test'));
    assert.notEqual(ofHost('a.test'), ofHost('b.test'));
    assert.equal(one.listenerFor('h')?.match('h', request('/s/m7'))?.rule.id, 'other7');
    assert.equal(two.listenerFor('h')?.match('h', request('/s/m7'))?.rule.id, 'r7');
    assert.equal(two.listenerFor('h')?.match('h', request('/s/m19'))?.rule.id, 'r19');
  });

  it('makes a new index when a match changed', () => {
    const changed = entries.map((old, at) => (at === 7 ? entry('r7', exact('s', 'other')) : old));
    const next = compileBinding(binding(listener('l', '*', virtualHost('*', ...changed))), { previous: compiled });
    assert.equal(next.listenerFor('h')?.match('h', request('/s/m7')), undefined);
    assert.equal(next.listenerFor('h')?.match('h', request('/s/other'))?.rule.id, 'r7');
  });

  it('answers for each host by its newest version after many changes, and by the old one where that is asked', () => {
    let sources = ['a.test', 'b.test', '*.c.test', '*'].map(name => virtualHost(name, entry(`${name} 0`, null)));
    const versions = [{ sources, compiled: compileBinding(binding(listener('l', '*', ...sources))) }];
    for (let version = 1; version <= 80; version++) {
      const changed = version % sources.length;
      sources = sources.map((old, at) =>
        at === changed ? virtualHost(old.hostname, entry(`${old.hostname} ${version}`, null)) : old,
      );
      const previous = versions.at(-1)?.compiled;
      versions.push({ sources, compiled: compileBinding(binding(listener('l', '*', ...sources)), { previous }) });
    }
    for (const version of versions) {
      const answers = ['a.test', 'b.test', 'x.c.test', 'other'].map(
        host => version.compiled.listenerFor(host)?.match(host, request('/s/m'))?.rule.id,
      );
      assert.deepEqual(
        answers,
        version.sources.map(({ entries: [only] }) => only?.rule.id),
      );
    }
  });

  it('knows which headers are looked at, whatever the change', () => {
    const headerMatch = { kind: 'exact', name: 'x', value: '1' } as const;
    const host = (isAsking: boolean) => virtualHost('a.test', entry('r', null, ...(isAsking ? [headerMatch] : [])));
    const plain = binding(listener('l', '*', host(false), virtualHost('b.test', entry('b', null))));
    const asking = binding(listener('l', '*', host(true), virtualHost('b.test', entry('b', null))));
    const first = compileBinding(plain);
    const second = compileBinding(asking, { previous: first, volatileNames: new Set(['x']) });
    assert.deepEqual([...(second.listeners[0]?.headerNames ?? [])], ['x']);
    assert.equal(second.listeners[0]?.usesVolatile, true);
    const third = compileBinding(plain, { previous: second, volatileNames: new Set(['x']) });
    assert.deepEqual([[...(third.listeners[0]?.headerNames ?? [])], third.listeners[0]?.usesVolatile], [[], false]);
  });

  it('makes a new index when an exact value became a pattern of the same text', () => {
    const wants = (kind: 'exact' | 'regex') =>
      binding(listener('l', '*', virtualHost('*', entry('r', null, { kind, name: 'x', value: '1.' }))));
    const next = compileBinding(wants('regex'), { previous: compileBinding(wants('exact')) });
    assert.equal(next.listenerFor('h')?.match('h', request('/s/m', { x: '12' }))?.rule.id, 'r');
  });
});
