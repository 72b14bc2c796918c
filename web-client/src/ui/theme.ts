import { readSetting, writeSetting } from '../store/settings';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function theme(): Theme {
  const chosen = readSetting('theme');
  return THEMES.find((known) => known === chosen) ?? 'system';
}

export function applyTheme(chosen: Theme): void {
  const root = document.documentElement;
  if (chosen === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = chosen;
}

export function chooseTheme(chosen: Theme): void {
  writeSetting('theme', chosen);
  applyTheme(chosen);
}
