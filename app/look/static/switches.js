// Light or dark: every [data-theme-switch] turns it over and remembers the choice.
document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-theme-switch]')) return;
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
  try { localStorage.setItem('theme', root.dataset.theme); } catch { /* a private window remembers nothing */ }
});
