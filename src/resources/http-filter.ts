// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { cors } from './cors.ts';
import { externalAuth } from './external-auth.ts';
import { refuseRepeated } from './filters.ts';
import { headerModifier } from './header-modifier.ts';
import type { Immutable } from './immutable.ts';
import { localReference } from './references.ts';
import { requestMirror } from './request-mirror.ts';
import { requestRedirect, urlRewrite } from './url-change.ts';
import { list, onlyWith, refuse } from './vocabulary.ts';

const others = {
  requestHeaderModifier: onlyWith('type', 'RequestHeaderModifier'),
  responseHeaderModifier: onlyWith('type', 'ResponseHeaderModifier'),
  requestMirror: onlyWith('type', 'RequestMirror'),
  requestRedirect: onlyWith('type', 'RequestRedirect'),
  urlRewrite: onlyWith('type', 'URLRewrite'),
  cors: onlyWith('type', 'CORS'),
  externalAuth: onlyWith('type', 'ExternalAuth'),
  extensionRef: onlyWith('type', 'ExtensionRef'),
};

/** One filter of an HTTPRoute's rule or backend: `type` tells which field it has. */
const httpFilter = z.discriminatedUnion('type', [
  z.strictObject({ ...others, type: z.literal('RequestHeaderModifier'), requestHeaderModifier: headerModifier }),
  z.strictObject({ ...others, type: z.literal('ResponseHeaderModifier'), responseHeaderModifier: headerModifier }),
  z.strictObject({ ...others, type: z.literal('RequestMirror'), requestMirror }),
  z.strictObject({ ...others, type: z.literal('RequestRedirect'), requestRedirect }),
  z.strictObject({ ...others, type: z.literal('URLRewrite'), urlRewrite }),
  z.strictObject({ ...others, type: z.literal('CORS'), cors }),
  z.strictObject({ ...others, type: z.literal('ExternalAuth'), externalAuth }),
  z.strictObject({ ...others, type: z.literal('ExtensionRef'), extensionRef: localReference }),
]);
export type HTTPRouteFilter = Immutable<z.output<typeof httpFilter>>;

const ONCE = ['CORS', 'RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite'];

/** The filters of a rule or of a backend: those of `ONCE` at most once, and never both a redirect and a rewrite. */
export const httpFilters = list(httpFilter, { max: 16 }).check(context => {
  refuseRepeated(context, ONCE);
  const redirect = context.value.findIndex(({ type }) => type === 'RequestRedirect');
  const rewrite = context.value.findIndex(({ type }) => type === 'URLRewrite');
  if (redirect < 0 || rewrite < 0) return;
  refuse(context, {
    code: 'schema/redirect-contradiction',
    path: [rewrite, 'type'],
    message: `a URLRewrite filter beside the RequestRedirect of item ${redirect}`,
    help: 'remove one of them: a redirected request reaches no backend',
  });
});
