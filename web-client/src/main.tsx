import { createRoot } from 'react-dom/client';
import { App } from './app';
import './style/base.css';
import './style/screens.css';
import { applyTheme, theme } from './ui/theme';
import { LanguageProvider } from './words/language';

applyTheme(theme());
const place = document.getElementById('app');
if (place) {
  createRoot(place).render(
    <LanguageProvider>
      <App />
    </LanguageProvider>,
  );
}
