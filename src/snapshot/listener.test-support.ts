// SPDX-License-Identifier: Apache-2.0

import type { RequestRouting } from './listener.ts';

/** What a listener has when its Gateway says nothing of it. */
export const PLAIN_EDGE: Omit<RequestRouting, 'virtualHosts'> = {
  filters: [],
  health: null,
  trustedProxies: [],
  ports: { own: 80, http: 80, https: 443 },
};
