// SPDX-License-Identifier: Apache-2.0

import { type KubeClient, KubeRefusal, type KubeRequest, type KubeResponse } from './kube-client.ts';

/** Requests to an API server so far, by what was asked and how it ended. */
export interface RequestCount {
  /** The method in lower case; `watch` for a GET that goes on. */
  readonly verb: string;
  /** The HTTP status; `none` when no answer came. */
  readonly code: string;
  readonly count: number;
}

/** A client that counts. The counts grow for as long as the process runs; there are as many as verbs times statuses. */
export interface CountedClient extends KubeClient {
  counts(): readonly RequestCount[];
}

/** Counts what goes through `client`: a request when it ends, a watch when it is answered. */
export function countedClient(client: KubeClient): CountedClient {
  const byVerb = new Map<string, Map<string, number>>();
  const count = (verb: string, code: string): void => {
    const codes = byVerb.get(verb) ?? new Map<string, number>();
    codes.set(code, (codes.get(code) ?? 0) + 1);
    byVerb.set(verb, codes);
  };
  return {
    server: client.server,
    async request(request: KubeRequest): Promise<KubeResponse> {
      let code = 'none';
      try {
        const response = await client.request(request);
        code = String(response.status);
        return response;
      } finally {
        count(request.method.toLowerCase(), code);
      }
    },
    async watch(watch, onEvent) {
      let isOpen = false;
      const onOpen = (): void => {
        isOpen = true;
        count('watch', '200');
        watch.onOpen?.();
      };
      try {
        await client.watch({ ...watch, onOpen }, onEvent);
      } catch (error) {
        if (!isOpen) count('watch', error instanceof KubeRefusal ? String(error.status) : 'none');
        throw error;
      }
    },
    close: () => client.close(),
    counts: () => [...byVerb].flatMap(([verb, codes]) => [...codes].map(([code, count]) => ({ verb, code, count }))),
  };
}
