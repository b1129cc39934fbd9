// SPDX-License-Identifier: Apache-2.0

/** The agent of the mesh for the one node of the test cluster: a process of this machine in the network of the node, as the DaemonSet's is. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { MeshReport } from '../../src/controller/index.ts';
import type { Harness } from '../conformance/harness.ts';

const DAEMUN = join(import.meta.dirname, '../../bin/daemun');
const ADMIN = '127.0.0.1:9946';
const AGENT_CONTROLLER = 'daemun.dev/mesh-examples';
/** Beside those of an agent that is there already. */
const PORTS = '19900-19999';

export interface NodeAgent {
  /** What `daemun mesh status` says; null: nobody answers. */
  report(): MeshReport | null;
  /** Ends it by `signal`; resolves when it is gone. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts it; its log goes to `logFile`, and what it keeps in the cluster to `namespace`. It may not be ready yet. */
export function startAgent(harness: Harness, namespace: string, logFile: string): NodeAgent {
  const { name, address } = harness.node();
  const place = [
    '--node-name',
    name,
    '--node-ip',
    address,
    '--mesh-ports',
    PORTS,
    '--controller-name',
    AGENT_CONTROLLER,
    '--lease-namespace',
    namespace,
  ];
  const log = openSync(logFile, 'w');
  const command = [process.execPath, DAEMUN, 'run', '--kubernetes', '--mesh', ...place];
  const child = harness.start([...command, '--admin', ADMIN, '--log-format', 'pretty', '--drain-timeout', '1s'], log);
  closeSync(log);
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  return {
    report() {
      try {
        return JSON.parse(
          harness.run([
            'sh',
            '-c',
            `${process.execPath} ${DAEMUN} mesh status --admin ${ADMIN} -o json 2>/dev/null || true`,
          ]),
        );
      } catch {
        return null;
      }
    },
    async stop(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
