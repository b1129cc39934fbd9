// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { echoManifests, freePort } from '../manifests.test-support.ts';
import { Running } from './running.test-support.ts';
import { ServiceManager } from './service-manager.ts';

describe('the service manager', () => {
  let folder = '';
  let why: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemun-notify-'));
    why = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const messages = (): string => join(folder, 'messages');
  /** A `systemd-notify` that writes down what it is told. */
  const environment = (exitCode = 0): Record<string, string> => {
    const script = `#!/bin/sh\necho "$*" >> '${messages()}'\nexit ${exitCode}\n`;
    writeFileSync(join(folder, 'systemd-notify'), script, { mode: 0o755 });
    return { NOTIFY_SOCKET: join(folder, 'socket'), PATH: `${folder}:${process.env['PATH']}` };
  };
  const told = (): string[] => (existsSync(messages()) ? readFileSync(messages(), 'utf8').trim().split('\n') : []);

  it('is told everything in order', async () => {
    const manager = new ServiceManager(environment(), text => why.push(text));
    void manager.status('Not ready: 1 of 2 sockets cannot be bound');
    void manager.ready('Ready');
    void manager.reloading();
    await manager.stopping('Draining');
    const [status, ready, reloading = '', stopping] = told();
    assert.deepEqual(
      [status, ready, stopping],
      ['STATUS=Not ready: 1 of 2 sockets cannot be bound', 'READY=1 STATUS=Ready', 'STOPPING=1 STATUS=Draining'],
    );
    assert.match(reloading, /^RELOADING=1 MONOTONIC_USEC=\d+$/);
    assert.deepEqual(why, []);
  });

  it('is not looked for when nobody waits for messages', async () => {
    const { PATH } = environment();
    await new ServiceManager({ PATH }, text => why.push(text)).ready('Ready');
    assert.deepEqual([told(), why], [[], []]);
  });

  it('may be out of reach: that is told once, and nothing fails', async () => {
    const missing = new ServiceManager({ NOTIFY_SOCKET: 'x', PATH: folder }, text => why.push(text));
    await missing.ready('Ready');
    await missing.stopping('Draining');
    assert.equal(why.length, 1);
    assert.match(why[0] ?? '', /ENOENT/);
    const failing = new ServiceManager(environment(1), text => why.push(text));
    await failing.ready('Ready');
    assert.match(why[1] ?? '', /ended with 1/);
  });

  it('hears of a running gateway when it is ready, reloads and stops', async () => {
    writeFileSync(join(folder, 'gw.yaml'), echoManifests(await freePort()));
    const flags = ['-f', join(folder, 'gw.yaml'), '--demo', '--workers', '1', '--admin', 'off'];
    const gateway = new Running(flags, { environment: environment() });
    const toldOf = (pattern: RegExp): Promise<void> =>
      until(() => {
        assert.equal(gateway.process.exitCode, null, gateway.text);
        return pattern.test(told().join('\n'));
      });
    try {
      await toldOf(/^READY=1 STATUS=Ready$/);
      gateway.process.kill('SIGHUP');
      await toldOf(/^READY=1.*\nRELOADING=1 MONOTONIC_USEC=\d+\nREADY=1 STATUS=Ready$/);
      gateway.process.kill('SIGTERM');
      assert.equal(await gateway.exitCode(), 0);
      await until(() => told().join('\n').includes('STOPPING=1'));
    } finally {
      gateway.process.kill('SIGKILL');
    }
  });
});
