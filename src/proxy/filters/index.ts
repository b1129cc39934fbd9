// SPDX-License-Identifier: Apache-2.0

/** What a rule does to a request on its way. In: header lists and streams. Out: changed ones. Never: sockets. */
export { HeaderRewriter, type MutableFields, removeField } from './header-change.ts';
export { type MirroredRequest, type MirrorPlan, startMirrors } from './mirror.ts';
export { readSession, type SessionToken, sessionField } from './session-persistence.ts';
export { type RandomSource, seededRandom, WeightedChoice } from './weighted-choice.ts';
