// "/" or Ctrl+K to search, g and a letter to go somewhere, j and k along a list, ? for help.
const TYPING = 'input, textarea, select, [contenteditable]';
let going = 0;

const step = (by) => {
  const rows = [...document.querySelectorAll('.table tbody tr')];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.classList.contains('is-current'));
  const next = rows[Math.max(0, Math.min(rows.length - 1, now + by))];
  rows[now]?.classList.remove('is-current');
  next.classList.add('is-current');
  next.querySelector('a, input')?.focus();
  next.scrollIntoView({ block: 'nearest' });
};

document.addEventListener('keydown', (event) => {
  const typing = event.target.matches?.(TYPING);
  if (((event.ctrlKey || event.metaKey) && event.key === 'k') || (event.key === '/' && !typing)) {
    const find = document.getElementById('find');
    if (!find) return;
    event.preventDefault();
    find.focus();
    return;
  }
  const plainTick = typing && event.target.type === 'checkbox';
  if ((typing && !plainTick) || event.ctrlKey || event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
  if (Date.now() - going < 900) {
    going = 0;
    const place = document.querySelector(`.menu-place[data-key="${CSS.escape(event.key)}"]`);
    if (place) location.href = place.href;
    return;
  }
  if (event.key === 'g') going = Date.now();
  else if (event.key === 'j') step(1);
  else if (event.key === 'k') step(-1);
  else if (event.key === '?') document.getElementById('shortcuts')?.showModal();
});
