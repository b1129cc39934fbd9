// SPDX-License-Identifier: Apache-2.0

/** What a rule does to a request on its way. In: header lists and streams. Out: changed ones. Never: sockets. */

export { type ChainEnvironment, compileChain, type FilterChain } from './chain.ts';
export { authStep } from './external-auth/auth-step.ts';
export { type ChangedHead, changeFields, type FieldChange } from './field-change.ts';
export { HeaderRewriter, type MutableFields, removeField } from './header-change.ts';
export { HOP_FIELDS, isMarkedOften, LOOP_MARKS, markedChange, withOwnMark } from './loop-mark.ts';
export type { MirrorUse } from './mirror.ts';
export { type MacKey, macKey, type SessionKey } from './session-key.ts';
export { RuleSession } from './session-persistence.ts';
export { SESSION_IDLE_MS, type SessionToken } from './session-token.ts';
export {
  type BodyWatcher,
  CONTINUE,
  type FilterStep,
  type RequestWait,
  type StepCallEnd,
  type StepCallTrace,
  type SteppedRequest,
  type StepVerdict,
} from './step.ts';
export type { TargetRewrite } from './target-rewrite.ts';
export { seededRandom, WeightedChoice } from './weighted-choice.ts';
