// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import { forwardingRoute } from './forwarding-route.ts';
import type { Immutable } from './immutable.ts';

/** TCPRoute: which backends the connections of a listener go to. */
export const tcpRoute = forwardingRoute('TCPRoute');
export type TCPRoute = Immutable<z.output<typeof tcpRoute>>;
