// SPDX-License-Identifier: Apache-2.0

/** Time as the data plane sees it: what all of the program is given. */
export type { Clock, Timer } from '../time/index.ts';
