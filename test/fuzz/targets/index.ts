// SPDX-License-Identifier: Apache-2.0
import type { FuzzTarget } from '../target.ts';
import { clientHelloTarget } from './client-hello.ts';
import { connectionTarget } from './connection.ts';
import { grpcTarget } from './grpc.ts';
import { hpackTarget } from './hpack.ts';
import { http1ClientTarget, http1ServerTarget } from './http1.ts';
import { manifestTarget } from './manifest.ts';
import { proxyHeaderTarget } from './proxy-header.ts';
import { requestTargetTarget } from './request-target.ts';
import { sessionTokenTarget } from './session-token.ts';
import { tracesTarget } from './traces.ts';
import { webSocketTarget } from './websocket.ts';

/** Everything of ours that reads bytes from strangers. */
export const TARGETS: readonly FuzzTarget[] = [
  clientHelloTarget,
  hpackTarget,
  connectionTarget('server'),
  connectionTarget('client'),
  http1ServerTarget,
  http1ClientTarget,
  grpcTarget,
  proxyHeaderTarget,
  requestTargetTarget,
  sessionTokenTarget,
  tracesTarget,
  webSocketTarget,
  manifestTarget,
];
