import { tagOf } from '../ui/format.ts';
import type { Locale } from '../ui/locale.svelte.ts';

/** A driver listens with half an ear: so many words, so often (ui.md, D4). */
const maxWords = 8;
const everyMs = 30_000;

const countWords = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** "Hauptstraße 3 (Südseite)" is read as "Hauptstraße 3". */
export const spokenName = (name: string): string => name.replace(/\s*\([^)]*\)/g, '').trim();

/** The first text that is short enough to be said; names of places may be long. */
export const findSpoken = (texts: readonly string[]): string | undefined =>
  texts.find((text) => countWords(text) <= maxWords);

export interface Voice {
  /** Says the first of these that is short enough, unless something was said just now; returns whether it did. */
  say(texts: readonly string[]): boolean;
  stop(): void;
}

/** Speaks at most once in half a minute. `speak` is the device's voice. */
export function createVoice(
  speak: (text: string) => void,
  nowMs: () => number,
  stop: () => void = () => undefined,
): Voice {
  let lastMs = -Infinity;
  return {
    say(texts) {
      const text = findSpoken(texts);
      if (text === undefined || nowMs() - lastMs < everyMs) return false;
      lastMs = nowMs();
      speak(text);
      return true;
    },
    stop,
  };
}

/** The browser's voice in the page's language. */
export function browserVoice(locale: () => Locale): Voice {
  const speak = (text: string): void => {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = tagOf(locale());
    speechSynthesis.speak(utterance);
  };
  return createVoice(
    speak,
    () => performance.now(),
    () => speechSynthesis.cancel(),
  );
}
