// SPDX-License-Identifier: Apache-2.0

import type { Filter } from '../../../snapshot/index.ts';
import { ALPN } from './alpn.ts';
import type { Annotation, AnnotationDeclaration } from './annotation.ts';
import { BACKEND_REQUEST_TIMEOUT } from './backend-request-timeout.ts';
import { CONNECT_TIMEOUT } from './connect-timeout.ts';
import { ENDPOINTS } from './dns-targets.ts';
import { FORWARD_CLIENT_CERTIFICATE } from './forward-client-certificate.ts';
import { HEALTH_CHECK } from './health-check.ts';
import { HEALTH_ENDPOINT } from './health-endpoint.ts';
import { IDLE_TIMEOUT } from './idle-timeout.ts';
import { LOAD_BALANCER } from './load-balancer.ts';
import { MAX_MESSAGE_BYTES } from './max-message-bytes.ts';
import { PROXY_PROTOCOL, PROXY_PROTOCOL_FROM } from './proxy-protocol.ts';
import { REQUEST_TIMEOUT } from './request-timeout.ts';
import { RETRY } from './retry.ts';
import { TRUSTED_PROXIES } from './trusted-proxies.ts';

/** Those that are filters of all rules of a route, before the filters that are written there. */
export const FILTER_ANNOTATIONS: readonly Annotation<Filter | null>[] = [MAX_MESSAGE_BYTES];

/** Every annotation that is read. What is not in this table is reported as without effect. */
export const ANNOTATIONS: readonly AnnotationDeclaration[] = [
  LOAD_BALANCER,
  HEALTH_CHECK,
  ENDPOINTS,
  CONNECT_TIMEOUT,
  REQUEST_TIMEOUT,
  HEALTH_ENDPOINT,
  TRUSTED_PROXIES,
  PROXY_PROTOCOL,
  PROXY_PROTOCOL_FROM,
  FORWARD_CLIENT_CERTIFICATE,
  BACKEND_REQUEST_TIMEOUT,
  RETRY,
  IDLE_TIMEOUT.TCPRoute,
  ALPN,
  ...FILTER_ANNOTATIONS,
];
