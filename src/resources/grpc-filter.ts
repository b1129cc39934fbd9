// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { refuseRepeated } from './filters.ts';
import { headerModifier } from './header-modifier.ts';
import type { Immutable } from './immutable.ts';
import { localReference } from './references.ts';
import { requestMirror } from './request-mirror.ts';
import { list, onlyWith } from './vocabulary.ts';

const others = {
  requestHeaderModifier: onlyWith('type', 'RequestHeaderModifier'),
  responseHeaderModifier: onlyWith('type', 'ResponseHeaderModifier'),
  requestMirror: onlyWith('type', 'RequestMirror'),
  extensionRef: onlyWith('type', 'ExtensionRef'),
};

/** One filter of a GRPCRoute's rule or backend: `type` tells which field it has. */
const grpcFilter = z.discriminatedUnion('type', [
  z.strictObject({ ...others, type: z.literal('RequestHeaderModifier'), requestHeaderModifier: headerModifier }),
  z.strictObject({ ...others, type: z.literal('ResponseHeaderModifier'), responseHeaderModifier: headerModifier }),
  z.strictObject({ ...others, type: z.literal('RequestMirror'), requestMirror }),
  z.strictObject({ ...others, type: z.literal('ExtensionRef'), extensionRef: localReference }),
]);
export type GRPCRouteFilter = Immutable<z.output<typeof grpcFilter>>;

/** The filters of a rule or of a backend. Headers are modified once at most; mirrors may be several. */
export const grpcFilters = list(grpcFilter, { max: 16 }).check(context => {
  refuseRepeated(context, ['RequestHeaderModifier', 'ResponseHeaderModifier']);
});
