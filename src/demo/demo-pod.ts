// SPDX-License-Identifier: Apache-2.0

import { startDatagramEcho } from './datagram-echo.ts';
import { demoMethods, emptyAnswer } from './demo-methods.ts';
import { startGrpcServer } from './grpc/grpc-server.ts';

export interface DemoPodOptions {
  /** Where it listens, TCP and UDP; port 0 finds a free one. */
  readonly address: string;
  readonly port: number;
  /** Its name in answers. */
  readonly podName: string;
}

export interface DemoPod {
  readonly address: string;
  readonly port: number;
  /** Stops listening and asks clients to go elsewhere; resolves when the last connection has ended, which may be never. */
  drain(): Promise<void>;
  /** Stops listening, and cuts the connections. */
  close(): Promise<void>;
}

/** One demo backend by itself, as `startDemoBackends` starts them for Services. Rejects when the OS refuses its port. */
export async function startDemoPod({ address, port, podName }: DemoPodOptions): Promise<DemoPod> {
  const server = await startGrpcServer({
    podName,
    methods: demoMethods,
    fallback: emptyAnswer,
    listen: { address, port },
  });
  try {
    const datagrams = await startDatagramEcho({ address, port: server.port }, podName);
    const close = async (): Promise<void> => {
      await Promise.all([server.close(), datagrams.close()]);
    };
    return { address: server.address, port: server.port, drain: server.drain, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}
