/** One line of the doctor's. `lacks`: a run would fail, or not start. `note`: it works, and could be better. `unknown`: could not be found out from here. */
export type Symptom = Readonly<{ state: 'ok' | 'lacks' | 'note' | 'unknown'; text: string }>;

/** One line each, the worst first. */
export function symptomLines(symptoms: readonly Symptom[]): string {
  const signs: Record<Symptom['state'], string> = { lacks: '✗', unknown: '?', note: '-', ok: '✓' };
  const states = Object.keys(signs) as Symptom['state'][];
  const lines = states.flatMap((state) =>
    symptoms.filter((one) => one.state === state).map(({ text }) => `${signs[state]} ${text.replaceAll('\n', '\n    ')}`),
  );
  return lines.join('\n');
}
