import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { readSetting, writeSetting } from '../store/settings';
import { en } from './en';
import { ko } from './ko';
import type { Words } from './words';

export const LANGUAGES = { en, ko } as const satisfies Record<string, Words>;
export type Language = keyof typeof LANGUAGES;

type Choice = { words: Words; language: Language; choose: (language: Language) => void };

const LanguageContext = createContext<Choice>({ words: en, language: 'en', choose: () => {} });

/** What was chosen, or else what the browser prefers. */
export function preferredLanguage(chosen: string | undefined, preferred: readonly string[]): Language {
  if (chosen === 'en' || chosen === 'ko') return chosen;
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'en' || language === 'ko') return language;
  }
  return 'en';
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() =>
    preferredLanguage(readSetting('language'), navigator.languages),
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(
    () => ({
      words: LANGUAGES[language],
      language,
      choose: (next: Language) => {
        writeSetting('language', next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <LanguageContext value={choice}>{children}</LanguageContext>;
}

export function useWords(): Words {
  return useContext(LanguageContext).words;
}

export function useLanguage(): Choice {
  return useContext(LanguageContext);
}
