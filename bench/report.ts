// SPDX-License-Identifier: Apache-2.0

/** One measured figure of one program in one case. */
export interface Figure {
  readonly case: string;
  readonly unit: string;
  readonly program: string;
  readonly value: number;
}

/** What a program was asked for and did not do. */
export interface LeftOut {
  readonly case: string;
  readonly program: string;
  readonly why: string;
}

/** Figures of several rounds → the median of each (case, program); of an even number the lower of the middle two. */
export function medians(figures: readonly Figure[]): Figure[] {
  const groups = Map.groupBy(figures, figure => `${figure.case}\0${figure.program}`);
  return [...groups.values()].flatMap(group => {
    const sorted = [...group].sort((a, b) => a.value - b.value);
    const middle = sorted[Math.floor((sorted.length - 1) / 2)];
    return middle === undefined ? [] : [middle];
  });
}

/** A Markdown table: a row a case, a column a program, each with its ratio to daemun's (daemun ÷ peer). */
export function table(programs: readonly string[], figures: readonly Figure[], leftOut: readonly LeftOut[]): string {
  const cases = [...new Set(figures.map(figure => figure.case))];
  const value = (name: string, program: string): Figure | undefined =>
    figures.find(figure => figure.case === name && figure.program === program);
  const rows = cases.map(name => {
    const own = value(name, 'daemun');
    const cells = programs.map(program => {
      const figure = value(name, program);
      if (figure === undefined) {
        return leftOut.some(one => one.case === name && one.program === program) ? 'not served' : '–';
      }
      const ratio = own === undefined || program === 'daemun' ? '' : ` (×${(own.value / figure.value).toFixed(2)})`;
      return `${figure.value.toFixed(figure.value < 100 ? 1 : 0)}${ratio}`;
    });
    return `| ${name}, ${figures.find(figure => figure.case === name)?.unit ?? ''} | ${cells.join(' | ')} |`;
  });
  return [`| | ${programs.join(' | ')} |`, `|---|${'--:|'.repeat(programs.length)}`, ...rows].join('\n');
}
