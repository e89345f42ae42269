import type { Ask, ScriptBlock, Turn } from '../messages-api/script.ts';

/**
 * The model's side of the demo, as data. It is a recording in form only: no model wrote it. Everything else in the demo is real: the bundle, the tools,
 * the test runs, the gates, the review's verdict, the git objects.
 *
 * The story: the author writes a failing test, mends the rounding, and asks for publication. The reviewer finds that a duration under a second is
 * now written as `0ms`; the author adds a test for it, mends it, and asks again.
 */

export const issue = {
  title: '`span 119.7s` prints `1m 60s`',
  body: [
    'Adding up lap times I got this:',
    '',
    '```',
    '$ span 59.9s 59.8s',
    '1m 60s',
    '```',
    '',
    'There is no such time as one minute and sixty seconds; it should print `2m`. In the same way `span 3599.6s` prints `59m 60s` instead of `1h`.',
    '',
    'Seconds are rounded on their own, after the minutes were taken off, so a rounded 60 never carries.',
  ].join('\n'),
} as const;

export const comment = '@alchemist please fix this, and keep everything else as the README shows it.';

const requirements = {
  R1: 'Rounded seconds carry into minutes, hours and days: 119.7 s is written 2m, 3599.6 s is written 1h',
  R2: 'A test fails without the fix (AGENTS.md)',
  R3: 'Everything else is written as the README shows it',
} as const;

type Status = 'open' | 'met';

const plan = (status: Status): ScriptBlock =>
  call('update_plan', {
    requirements: Object.entries(requirements).map(([id, text]) => ({ id, text, status })),
    files_expected: ['src/format.js', 'test/format.test.js'],
  });

const author: readonly Turn[] = [
  {
    blocks: [
      thought(
        'The issue names the cause: seconds are rounded after the minutes were taken off. I will look at the code before I believe it.',
      ),
      said('I will look at how durations are written and what the tests already pin.'),
      plan('open'),
      call('read_file', { path: 'src/format.js' }),
      call('read_file', { path: 'test/format.test.js' }),
      call('search', { pattern: 'format(', literal: true }),
    ],
  },
  {
    blocks: [
      thought('Confirmed: Math.floor for minutes, then Math.round for what is left. AGENTS.md asks for a test that fails first.'),
      said('The cause is as reported. First a test that shows it.'),
      call('edit_file', {
        path: 'test/format.test.js',
        edits: [{ old_str: "test('writes a negative duration'", new_str: `${carryTest()}\n\ntest('writes a negative duration'` }],
      }),
      call('run_tests', {}),
    ],
  },
  {
    blocks: [
      thought(
        'Red for the right reason: 1m 60s where 2m is expected. Rounding to whole seconds before splitting makes every division exact.',
      ),
      said('The test fails as the issue says. Now the fix: round to whole seconds before anything is split.'),
      call('edit_file', {
        path: 'src/format.js',
        edits: [
          {
            old_str: '  let rest = Math.abs(ms);\n',
            new_str:
              '  // Whole seconds before anything is split, so that rounding carries into minutes and above.\n' +
              '  let rest = Math.round(Math.abs(ms) / 1000) * 1000;\n',
          },
          {
            old_str: "const count = symbol === 's' ? Math.round(rest / size) : Math.floor(rest / size);",
            new_str: 'const count = Math.floor(rest / size);',
          },
        ],
      }),
      call('run_tests', {}),
    ],
  },
  { blocks: [said('Green. One look at the whole change before I ask for it to be published.'), call('git_diff', {})] },
  {
    blocks: [
      plan('met'),
      push('Seconds were rounded after the minutes had been taken off, so a rounded 60 never carried. They are rounded first now.'),
    ],
  },
  {
    blocks: [
      thought(
        'The reviewer is right: I moved the rounding above the check for durations under a second, and no test pins that line of the README.',
      ),
      said(
        'The finding is right: `span 0.4s` would print `0ms`. A test for it first, then the fix, so that the check sees the exact duration.',
      ),
      call('edit_file', {
        path: 'test/format.test.js',
        edits: [{ old_str: "test('writes a negative duration'", new_str: `${millisecondsTest()}\n\ntest('writes a negative duration'` }],
      }),
      call('run_tests', {}),
    ],
  },
  {
    blocks: [
      call('edit_file', {
        path: 'src/format.js',
        edits: [
          {
            old_str:
              '  // Whole seconds before anything is split, so that rounding carries into minutes and above.\n' +
              '  let rest = Math.round(Math.abs(ms) / 1000) * 1000;\n' +
              '  if (rest < 1000) return `${sign}${rest}ms`;\n\n',
            new_str:
              '  const total = Math.abs(ms);\n' +
              '  if (total < 1000) return `${sign}${total}ms`;\n\n' +
              '  // Whole seconds before anything is split, so that rounding carries into minutes and above.\n' +
              '  let rest = Math.round(total / 1000) * 1000;\n',
          },
        ],
      }),
      call('run_tests', {}),
    ],
  },
  {
    blocks: [
      push(
        'Seconds were rounded after the minutes had been taken off, so a rounded 60 never carried. They are rounded before anything is split now; ' +
          'durations under a second are still written in milliseconds, which a second new test pins.',
      ),
    ],
  },
];

const reviews: readonly (readonly Turn[])[] = [
  [
    {
      blocks: [
        thought('The rounding now stands above the branch for durations under a second. The README shows `span 0.4s` as `400ms`.'),
        call('read_file', { path: 'src/format.js' }),
        call('search', { pattern: '400ms', literal: true }),
      ],
    },
    verdict('The carry is right. Durations under a second, which the README documents, are broken by it.', 'unmet', [
      {
        severity: 'major',
        category: 'bug',
        file: 'src/format.js',
        start_line: 8,
        end_line: 9,
        claim: 'Durations under a second are rounded to 0 or 1000 before the branch that writes milliseconds.',
        failure_scenario: '`span 0.4s` prints `0ms`; the README says `400ms`. No test covers it.',
        confidence: 0.95,
      },
    ]),
  ],
  [
    { blocks: [call('read_file', { path: 'src/format.js' })] },
    verdict('Both cases of the issue and the README’s examples hold; the change is no larger than it needs to be.', 'met', []),
  ],
];

/** The turn that answers a request: the author's by its position, the reviewer's by round and position. */
export function recording({ conversation, nth, index }: Ask): Turn {
  const turn = conversation === 'review' ? reviews[nth]?.[index] : author[index];
  if (!turn) throw new Error(`the recording has no turn ${index} for conversation ${conversation} ${nth}`);
  return turn;
}

function carryTest(): string {
  return [
    "test('carries rounded seconds into minutes and hours', () => {",
    "  assert.equal(format(119_700), '2m');",
    "  assert.equal(format(3_599_600), '1h');",
    "  assert.equal(format(-59_600), '-1m');",
    '});',
  ].join('\n');
}

function millisecondsTest(): string {
  return [
    "test('writes a duration under a second in milliseconds', () => {",
    "  assert.equal(format(400), '400ms');",
    "  assert.equal(format(999), '999ms');",
    '});',
  ].join('\n');
}

function push(summary: string): ScriptBlock {
  return call('push_changes', {
    title: 'Carry rounded seconds into minutes and hours',
    summary,
    change_kind: 'fix',
    requirements: Object.entries(requirements).map(([id, text]) => ({ id, text, status: 'met' })),
  });
}

/** The reviewer's answer, in the contract's schema. `readme`: how requirement R3 fares. */
function verdict(summary: string, readme: 'met' | 'unmet', findings: readonly unknown[]): Turn {
  const answer = {
    summary,
    requirements: [
      { id: 'R1', status: 'met', evidence: 'src/format.js rounds to whole seconds before the loop; the test covers 119.7 s and 3599.6 s.' },
      { id: 'R2', status: 'met', evidence: 'test/format.test.js: "carries rounded seconds into minutes and hours".' },
      {
        id: 'R3',
        status: readme,
        evidence: readme === 'met' ? 'Durations under a second keep their branch and have a test.' : 'See the finding on `span 0.4s`.',
      },
    ],
    findings,
    hunks: [
      { file: 'src/format.js', start_line: 4, requirement: 'R1' },
      { file: 'test/format.test.js', start_line: 16, requirement: 'R2' },
    ],
  };
  return { blocks: [said(JSON.stringify(answer))] };
}

function call(name: string, input: unknown): ScriptBlock {
  return { type: 'tool_use', name, input };
}

function said(text: string): ScriptBlock {
  return { type: 'text', text };
}

function thought(thinking: string): ScriptBlock {
  return { type: 'thinking', thinking };
}
