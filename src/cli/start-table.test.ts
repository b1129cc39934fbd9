// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordingTerminal } from './recording-terminal.test-support.ts';
import { startTable } from './start-table.ts';

function problemsOf(name: string, problem: string): string {
  const listener = { name, protocol: 'HTTP', hostname: '', bound: null, writtenPort: 80, isTls: false };
  const gateway = { namespace: 'default', name: 'gw', className: 'c', problem: '' };
  const standalone = {
    gateways: () => [{ ...gateway, listeners: [{ ...listener, attachedRoutes: 0, problem }] }],
    tryCall: () => undefined,
    caFile: null,
    adminAddress: null,
    findings: [],
  };
  return startTable(standalone, { terminal: recordingTerminal(), tookMs: 1, paths: [] });
}

describe('the start table', () => {
  it('names a listener once, whether or not its problem does', () => {
    assert.match(problemsOf('h', 'Listener h: no port'), /^problem default\/gw listener h: no port$/m);
    assert.match(problemsOf('h', 'Secret a/b is gone'), /^problem default\/gw listener h: Secret a\/b is gone$/m);
    assert.match(problemsOf('h', 'Listener h2 is older'), /^problem default\/gw listener h: Listener h2 is older$/m);
  });
});
