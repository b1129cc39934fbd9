// SPDX-License-Identifier: Apache-2.0

/** Formats of `check` beyond those of every command. */
export const REPORT_FORMATS = ['github', 'sarif', 'junit'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
