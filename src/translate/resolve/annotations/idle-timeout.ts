// SPDX-License-Identifier: Apache-2.0

import type { StreamRoute } from '../../route-kinds.ts';
import { type Annotation, parseDurationMs } from './annotation.ts';

/** Of connections that no route is for. */
export const DEFAULT_STREAM_IDLE_MS = 3_600_000;

/** What nobody closed is held for so long, in milliseconds: connections as HAProxy's tunnels in usual set-ups, flows as DNS and QUIC need. */
const DEFAULTS: Readonly<Record<StreamRoute['kind'], number>> = {
  TLSRoute: DEFAULT_STREAM_IDLE_MS,
  TCPRoute: DEFAULT_STREAM_IDLE_MS,
  UDPRoute: 60_000,
};

const DECLARATION: Omit<Annotation<number>, 'fallback'> = {
  name: 'daemun.dev/idle-timeout',
  kinds: ['TLSRoute', 'TCPRoute', 'UDPRoute'],
  syntax: 'a duration above zero, such as 30s or 1h',
  parse: text => {
    const parsed = parseDurationMs(text);
    return 'value' in parsed && parsed.value === 0 ? { problem: 'an idle timeout cannot be zero' } : parsed;
  },
};

/** For how long a connection, or a flow of datagrams, may be silent in both directions, in milliseconds. */
export const IDLE_TIMEOUT: Readonly<Record<StreamRoute['kind'], Annotation<number>>> = {
  TLSRoute: { ...DECLARATION, fallback: DEFAULTS.TLSRoute },
  TCPRoute: { ...DECLARATION, fallback: DEFAULTS.TCPRoute },
  UDPRoute: { ...DECLARATION, fallback: DEFAULTS.UDPRoute },
};
