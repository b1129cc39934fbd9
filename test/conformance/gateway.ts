// SPDX-License-Identifier: Apache-2.0

/** daemun as the suite meets it: this checkout, beside the test cluster's node, with one GatewayClass, and as the agent of the node's mesh. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { BINDABLE, type ClusterNode, type Harness } from './harness.ts';

export const CLASS = 'daemun';
export const CONTROLLER = 'daemun.dev/gateway-controller';
const GATEWAY_CLASS = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: ${CLASS} }
spec: { controllerName: ${CONTROLLER} }
`;

/** A daemun that runs in the cluster's network. */
export interface RunningGateway {
  /** Ends it and takes the class away; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Makes the class and starts it. Its log goes to `logFile`; an end that nobody asked for is told to `onEnd`. */
export function startGateway(harness: Harness, logFile: string, onEnd: (reason: string) => void): RunningGateway {
  harness.kubectl(['apply', '-f', '-'], GATEWAY_CLASS);
  const log = openSync(logFile, 'w');
  const child = harness.start(command(harness.node()), log);
  closeSync(log);
  let isWanted = true;
  child.once('exit', (code, signal) => {
    if (isWanted) onEnd(`daemun ended (${signal ?? code}); its log is ${logFile}`);
  });
  return {
    async stop() {
      isWanted = false;
      await end(child);
      harness.kubectl(['delete', 'gatewayclass', CLASS, '--ignore-not-found', '--wait=false']);
    },
  };
}

function command({ name, address }: ClusterNode): readonly string[] {
  const daemun = join(import.meta.dirname, '../../bin/daemun');
  const place = ['--kubernetes', '--address-mode', 'host', '--address-pool', BINDABLE, '--controller-name', CONTROLLER];
  const mesh = ['--mesh', '--node-name', name, '--node-ip', address];
  return [process.execPath, daemun, 'run', ...place, ...mesh, '--log-format', 'pretty', '--drain-timeout', '1s'];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
