// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandalone } from '../../src/controller/index.ts';

/** Where the interop gateway is reached. */
export interface InteropGateway {
  /** `host:port`. */
  readonly cleartext: string;
  readonly tls: string;
  /** The name to ask the TLS listener for. */
  readonly authority: string;
  /** PEM file of the CA. */
  readonly caFile: string;
  close(): Promise<void>;
}

/** Starts `gateway.yaml` on free ports, with demo backends. The caller closes it. */
export async function startInteropGateway(): Promise<InteropGateway> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'daemun-interop-'));
  const paths = [join(import.meta.dirname, 'gateway.yaml')];
  const gateway = await startStandalone({ paths, demo: true, ports: 'ephemeral', stateDirectory, drainTimeoutMs: 0 });
  const listeners = gateway.gateways().flatMap(each => each.listeners);
  const addressOf = (name: string): string => {
    const bound = listeners.find(listener => listener.name === name)?.bound;
    if (bound === null || bound === undefined) throw new Error(`listener ${name} is not bound`);
    return `${bound.address}:${bound.port}`;
  };
  return {
    cleartext: addressOf('cleartext'),
    tls: addressOf('tls'),
    authority: 'grpc.example.com',
    caFile: gateway.caFile ?? '',
    close: async () => {
      await gateway.stop();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}
