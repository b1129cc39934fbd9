// SPDX-License-Identifier: Apache-2.0

import { ErrorCode, type StreamEvents } from '../../wire/index.ts';

/**
 * Whether our codec ended a stream because headers of the answer are over our limits. That is no sign of a sick endpoint: a
 * client can make it send them. Arguments of `StreamEvents.onReset`.
 */
export function isOwnLimit(errorCode: number, origin: Parameters<StreamEvents['onReset']>[2]): boolean {
  return origin === 'protocol' && errorCode === ErrorCode.ENHANCE_YOUR_CALM;
}
