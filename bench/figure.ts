/** One line of the table. `bar`: what we hold ourselves to, in the same unit. */
export type Figure = Readonly<{ what: string; value: number; unit: string; bar?: number; note?: string }>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
