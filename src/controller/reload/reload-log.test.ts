// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../errors/index.ts';
import { EMPTY_RESOURCES } from '../../resources/index.ts';
import { EMPTY_SNAPSHOT, type Snapshot } from '../../snapshot/index.ts';
import type { View } from '../shown/view.ts';
import { ReloadLog } from './reload-log.ts';

interface Change {
  readonly published?: Partial<Snapshot>;
  /** Those that the change solves. */
  readonly solved?: readonly Finding[];
}

/** The levels at which a log of such a source tells of a change: of an object, and of what is given. */
function levelsOf(isShared: boolean, { published = {}, solved = [] }: Change): string[] {
  const levels: string[] = [];
  const tell = (level: string) => (message: string) => {
    if (message === 'configuration reloaded') levels.push(level);
  };
  const log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
  const store = { locate: () => undefined };
  const before = viewOf(EMPTY_SNAPSHOT, 0, solved);
  const after = viewOf({ ...EMPTY_SNAPSHOT, ...published }, 1, []);
  new ReloadLog(log, { store, isShared }).reloaded(after, before, 1);
  return levels;
}

function viewOf(published: Snapshot, namespaces: number, findings: readonly Finding[]): View {
  const resources = {
    ...EMPTY_RESOURCES,
    namespaces: new Map(Array.from({ length: namespaces }, (_, at) => [`${at}`, {}])),
  };
  return { resources, published, findings } as unknown as View;
}

const finding: Finding = { code: 'x/y', severity: 'info', path: [], message: 'm', help: '' };
const endpoints = { version: 1, endpoints: [] };

describe('what is logged of a reload', () => {
  it('is told at level info when somebody edited a file', () => {
    assert.deepEqual(levelsOf(false, {}), ['info']);
    assert.deepEqual(levelsOf(false, { published: endpoints }), ['info']);
  });

  it('is told at level debug when a cluster changed nothing, or only endpoints', () => {
    assert.deepEqual(levelsOf(true, {}), ['debug']);
    assert.deepEqual(levelsOf(true, { published: endpoints }), ['debug']);
  });

  it('says nothing of a kind that may not be read, which the store said when it was so', () => {
    const told: string[] = [];
    const tell = (message: string): void => void told.push(message);
    const log = new ReloadLog(
      { debug: tell, info: tell, warn: tell, error: tell },
      { store: { locate: () => undefined }, isShared: true },
    );
    const denied: Finding = { ...finding, severity: 'error', code: 'store/not-permitted' };
    log.reloaded(viewOf(EMPTY_SNAPSHOT, 0, [denied, { ...finding, severity: 'error', message: 'other' }]), null, 1);
    assert.deepEqual(told, ['other']);
  });

  it('tells findings at the level of their severity, and what a demonstration added at level info', () => {
    const told: string[] = [];
    const tell = (level: string) => (message: string) => void told.push(`${level} ${message}`);
    const log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
    const findings: Finding[] = [
      { ...finding, severity: 'error', message: 'an error' },
      { ...finding, severity: 'warning', message: 'a warning' },
      { ...finding, severity: 'warning', code: 'demo/x', message: 'of the demonstration' },
    ];
    const store = { locate: () => undefined };
    new ReloadLog(log, { store, isShared: true }).reloaded(viewOf(EMPTY_SNAPSHOT, 0, findings), null, 1);
    assert.deepEqual(told.sort(), ['error an error', 'info of the demonstration', 'warn a warning']);
  });

  it('is told at level info when a cluster changed more, or findings are solved', () => {
    for (const part of ['bindings', 'clusters', 'certificates', 'trustBundles']) {
      assert.deepEqual(levelsOf(true, { published: { version: 1, [part]: [] } }), ['info'], part);
    }
    assert.deepEqual(levelsOf(true, { solved: [finding] }), ['info']);
  });
});

describe('what is logged of a class that goes', () => {
  /** The warnings of a reload after which a class is gone, and so many of its Gateways are there. */
  function warnings(gateways: number): readonly object[] {
    const told: object[] = [];
    const silent = () => undefined;
    const log = {
      debug: silent,
      info: silent,
      warn: (message: string, fields?: object) => void told.push({ message, ...fields }),
      error: silent,
    };
    const of = (count: number) =>
      new Map(Array.from({ length: count }, (_, at) => [`a/${at}`, { spec: { gatewayClassName: 'edge' } }]));
    const view = (served: number, classes: number): View => {
      const resources = { ...EMPTY_RESOURCES, gateways: of(gateways), gatewayClasses: of(classes) };
      const translation = { outcomes: { gateways: of(served) } };
      return { resources, translation, published: EMPTY_SNAPSHOT, findings: [] } as unknown as View;
    };
    const store = { locate: () => undefined };
    new ReloadLog(log, { store, isShared: true }).reloaded(view(0, 0), view(gateways + 1, 1), 1);
    return told;
  }

  it('is a warning that names the Gateways which nobody serves any more, and what brings them back', () => {
    const [line, ...more] = warnings(7);
    assert.deepEqual(more, []);
    assert.deepEqual(line, {
      message: 'Gateways are served no longer: their GatewayClass is gone, or another controller’s',
      gatewayClass: 'edge',
      gateways: 'a/0, a/1, a/2, a/3, a/4 and 2 more',
      fix: 'make the class again, as `daemun install --apply` and `helm upgrade` do: what was made for these Gateways, and their addresses, stays for that',
    });
  });

  it('is no warning where its Gateways are gone, too', () => {
    assert.deepEqual(warnings(0), []);
  });
});
