// SPDX-License-Identifier: Apache-2.0
import type { FuzzTarget } from '../target.ts';
import { connectionTarget } from './connection.ts';
import { hpackTarget } from './hpack.ts';

/** Everything of ours that reads bytes from strangers. */
export const TARGETS: readonly FuzzTarget[] = [hpackTarget, connectionTarget('server'), connectionTarget('client')];
