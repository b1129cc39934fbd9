// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownPool } from '../../../test/own-addresses.ts';
import { kubeconfigFile } from '../../store/kubernetes/kubeconfig-file.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import { Running } from './running.test-support.ts';

const POOL = ['--address-pool', ownPool()];

describe('daemun run --kubernetes', () => {
  for (const [args, message] of [
    [['--kubernetes', '-f', '.', ...POOL], /-f and --kubernetes exclude each other/],
    [['--kubernetes'], /--kubernetes needs to know at which addresses Services reach this process/],
    [['--kubernetes', '--controller-name', 'daemun'], /--controller-name daemun: a domain and a path are needed/],
    [['-f', '.', '--controller-name', 'no pe/x'], /--controller-name no pe\/x: a domain and a path are needed/],
    [['--kubernetes', '--pod-ip', '10.0.0.1,all'], /all: not an IP address/],
    [['--kubernetes', '--pod-ip', '10.0.0.1', '--pods-service', 'a/b/c'], /--pods-service a\/b\/c/],
    [['--kubernetes', '--pod-ip', '10.0.0.1', '--pods-service', 'pods'], /with its namespace is needed/],
    [['--kubernetes', '--pod-ip', '10.0.0.1', ...POOL], /--pod-ip and --pods-service are for --address-mode service/],
    [['--kubernetes', '--address-mode', 'host'], /--address-mode host needs --address-pool/],
    [['--kubernetes', '--address-pool', 'all'], /--address-pool all: a range of addresses is needed/],
    [['--kubernetes', '--address-mode', 'service', ...POOL], /--address-pool is for --address-mode host/],
    [['--kubernetes', '--address-mode', 'both'], /--address-mode both: use service or host/],
    [['-f', '.', '--pod-ip', '10.0.0.1'], /--pod-ip is for --kubernetes/],
    [['--kubernetes', '--demo', ...POOL], /--demo is for manifests/],
    [['--kubernetes', '--address', '127.0.0.1', ...POOL], /--address is for manifests/],
    [['-f', '.', '--context', 'c'], /--context is for --kubernetes/],
    [[], /run needs manifests, or --kubernetes/],
  ] as const) {
    it(`refuses ${args.join(' ') || 'neither'}`, async () => {
      const terminal = recordingTerminal();
      assert.equal(await runProgram(['run', ...args], terminal), 2);
      assert.match(terminal.stderr(), message);
    });
  }

  it('names the kubeconfig that it cannot read', async () => {
    const terminal = recordingTerminal();
    const args = ['run', '--kubernetes', '--kubeconfig', '/nowhere/config', '--admin', 'off', ...POOL];
    assert.equal(await runProgram(args, terminal), 3);
    assert.match(terminal.stderr(), /\/nowhere\/config/);
    assert.match(terminal.stderr(), /--kubeconfig/);
  });

  it('waits for a cluster that does not answer, not ready and saying so, until a signal ends it', async t => {
    const kubeconfig = kubeconfigFile('http://127.0.0.1:1');
    const args = ['--kubernetes', '--kubeconfig', kubeconfig, '--admin', '127.0.0.1:0', '--workers', '0', ...POOL];
    const running = Running.start(...args);
    t.after(() => running.process.kill('SIGKILL'));
    await running.wrote(/the API server fails.*/);
    assert.doesNotMatch(running.text, /Ready in/);
    running.process.kill('SIGTERM');
    assert.equal(await running.exitCode(), 0);
  });
});
