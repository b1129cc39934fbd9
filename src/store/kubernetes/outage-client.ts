// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';
import { type KubeClient, type KubeRequest, type KubeResponse, KubeUnreachable } from './kube-client.ts';

/** Whoever asks and is answered within this is not cut off: what fails beside it has a reason of its own, and its own pauses. */
const OUTAGE_MS = 5_000;

/**
 * Calls `onBack` when `client` gets an answer, whatever it says, after some request had none and nothing was answered for OUTAGE_MS:
 * who pauses because of the server may ask again.
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
        answered();
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
        isMissed ||= error instanceof KubeUnreachable;
        throw error;
      }
    },
    close: () => client.close(),
  };
}
