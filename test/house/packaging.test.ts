// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DEFAULT_DRAIN_TIMEOUT_MS } from '../../src/controller/index.ts';
import { ROOT } from './source-files.ts';

/** `Name=value` lines by name; the last of equal names. */
function unitSettings(name: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(ROOT, 'packaging/systemd', name), 'utf8');
  const lines = text.split('\n').filter(line => /^[A-Z]\w*=/.test(line));
  return new Map(lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

describe('the systemd units', () => {
  for (const name of ['daemun.service', 'daemun@.service']) {
    it(`${name} hears of readiness, reloads by SIGHUP and leaves time to drain`, () => {
      const settings = unitSettings(name);
      assert.equal(settings.get('Type'), 'notify');
      assert.equal(settings.get('NotifyAccess'), 'all', 'systemd-notify is another process');
      assert.equal(settings.get('ExecReload'), '/bin/kill -HUP $MAINPID');
      assert.equal(settings.get('KillMode'), 'mixed', 'children end with the main process');
      assert.ok(Number(settings.get('TimeoutStopSec')) * 1000 > DEFAULT_DRAIN_TIMEOUT_MS);
      assert.equal(settings.has('MemoryDenyWriteExecute'), false);
    });
  }
});
