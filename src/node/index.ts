// SPDX-License-Identifier: Apache-2.0

/** Modules of Node that are large, for those who need them now. In: nothing. Out: the module. Never: code of ours. */
export { nodeHttp, nodeTls } from './builtins.ts';
