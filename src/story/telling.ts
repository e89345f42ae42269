import type { Surroundings } from '../config.ts';
import { codeBlock, codeSpan, oneLine, plainText, plainTitle, safeMarkdown, type Place } from './outbound.ts';
import type { PublicationText } from './publication.ts';

/** Where a run's texts are posted. */
export function placeOf({ serverUrl, owner, repo }: Pick<Surroundings, 'serverUrl' | 'owner' | 'repo'>, number: number | undefined): Place {
  return { serverUrl, owner, repo, number };
}

/** The words of models and files, made harmless for that place. */
export function safeText(place: Place): PublicationText {
  return {
    markdown: (text, limit) => safeMarkdown(text, limit === undefined ? place : { ...place, limit }),
    span: codeSpan,
    block: codeBlock,
    line: oneLine,
    title: (text) => plainTitle(text),
    message: (text) => plainText(text),
  };
}
