// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';
import { type KubeClient, KubeRefusal, type KubeRequest, type KubeResponse, KubeUnreachable } from './kube-client.ts';

/** Whoever asks and is answered within this is not cut off: what fails beside it has a reason of its own, and its own pauses. */
const OUTAGE_MS = 5_000;

/**
 * Calls `onBack` when `client` gets an answer after some request had none and nothing was answered for OUTAGE_MS: who pauses because of the server may
 * ask again. 429 and 5xx are no answers: a server that says so is to be left alone. Any other status is one.
 */
export function outageClient(client: KubeClient, clock: Clock, onBack: () => void): KubeClient {
  let answeredMs = clock.nowMs();
  let isMissed = false;
  const answered = (): void => {
    const nowMs = clock.nowMs();
    const isBack = isMissed && nowMs - answeredMs >= OUTAGE_MS;
    answeredMs = nowMs;
    isMissed = false;
    if (isBack) onBack();
  };
  return {
    server: client.server,
    async request(request: KubeRequest): Promise<KubeResponse> {
      try {
        const response = await client.request(request);
        if (isStruggling(response.status)) isMissed = true;
        else answered();
        return response;
      } catch (error) {
        isMissed ||= error instanceof KubeUnreachable;
        throw error;
      }
    },
    async watch(watch, onEvent) {
      const onOpen = (): void => {
        answered();
        watch.onOpen?.();
      };
      try {
        await client.watch({ ...watch, onOpen }, onEvent);
      } catch (error) {
        isMissed ||= error instanceof KubeUnreachable || (error instanceof KubeRefusal && isStruggling(error.status));
        throw error;
      }
    },
    close: () => client.close(),
  };
}

function isStruggling(status: number): boolean {
  return status === 429 || status >= 500;
}
