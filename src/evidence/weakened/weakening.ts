import type { Item } from '../explanations.ts';

/** What makes the tests or checks of a repository say less than before. */
export type Weakening = Item &
  Readonly<{
    kind:
      | 'deleted_test'
      | 'skipped_test'
      | 'fewer_assertions'
      | 'loosened_assertion'
      | 'changed_snapshot'
      | 'lowered_threshold'
      | 'loosened_setting'
      | 'suppressed_check';
  }>;
