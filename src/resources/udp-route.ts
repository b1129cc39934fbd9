// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import { forwardingRoute } from './forwarding-route.ts';
import type { Immutable } from './immutable.ts';

/** UDPRoute: which backends the datagrams of a listener go to. */
export const udpRoute = forwardingRoute('UDPRoute');
export type UDPRoute = Immutable<z.output<typeof udpRoute>>;
