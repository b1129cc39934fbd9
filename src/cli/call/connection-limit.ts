// SPDX-License-Identifier: Apache-2.0

import { type Client, connectivityState } from '@grpc/grpc-js';
import type { Clock } from '../../time/index.ts';
import { couldNotRun } from '../exit-code.ts';

/** How long a connection may take: grpcurl waits as long. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * What `work` gives; exit code 3 when there is still no connection for it after a while: grpc-js waits for ever for who takes a connection
 * and says nothing.
 */
export async function whileConnected<T>(client: Client, clock: Clock, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = clock.after(CONNECT_TIMEOUT_MS, () => {
    if (client.getChannel().getConnectivityState(false) !== connectivityState.CONNECTING) return;
    const seconds = CONNECT_TIMEOUT_MS / 1000;
    late.reject(
      couldNotRun(
        `no connection to ${client.getChannel().getTarget().replace(/^dns:/, '')} within ${seconds} s`,
        'Is it a gRPC server, and does a firewall let you reach it?',
      ),
    );
  });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    timer.cancel();
  }
}
