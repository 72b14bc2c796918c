import { useState } from 'react';
import { LANGUAGES, useLanguage, type Language } from '../words/language';
import { Mark } from './icons';
import { chooseTheme, theme, THEMES, type Theme } from './theme';

/** The head of all screens but the call. */
export function Header({ onHome }: { onHome: () => void }) {
  const { words, language, choose } = useLanguage();
  const [chosen, setChosen] = useState(theme);
  const names: Record<Theme, string> = {
    system: words.themeSystem,
    light: words.themeLight,
    dark: words.themeDark,
  };
  return (
    <header className="head">
      <a
        href="/"
        className="brand"
        onClick={(event) => {
          event.preventDefault();
          onHome();
        }}
      >
        <Mark />
        Sluice
      </a>
      <div className="head-choices">
        <select
          aria-label={words.theme}
          value={chosen}
          onChange={(event) => {
            const next = event.target.value as Theme;
            chooseTheme(next);
            setChosen(next);
          }}
        >
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {names[name]}
            </option>
          ))}
        </select>
        <select
          aria-label={words.languageChoice}
          value={language}
          onChange={(event) => choose(event.target.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([tag, dictionary]) => (
            <option key={tag} value={tag} lang={tag}>
              {dictionary.language}
            </option>
          ))}
        </select>
      </div>
    </header>
  );
}
