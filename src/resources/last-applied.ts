// SPDX-License-Identifier: Apache-2.0

/** The annotation in which kubectl keeps the whole object as the user applied it, secrets included: never kept, shown or sent. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
