// Sheets open and close by the address (#people, #instruments, #share), so Back closes them and no script is
// needed; here they only take the focus, give it back, and close on Escape or a press outside.
const SHEETS = ['people', 'instruments', 'share'];
let opener = null;

const openSheet = () => {
  const id = location.hash.slice(1);
  const sheet = SHEETS.includes(id) ? document.getElementById(id) : null;
  return sheet && getComputedStyle(sheet).position !== 'static' ? sheet : null;
};

const close = () => {
  if (!location.hash) return;
  history.replaceState(null, '', location.pathname + location.search);
  location.hash = 'phone'; // :target follows only a real change of the address
  opener?.focus({ preventScroll: true });
  opener = null;
};

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && SHEETS.includes(link.hash.slice(1))) opener = link;
  if (event.target.closest('[data-sheet-close]')) {
    event.preventDefault();
    close();
    return;
  }
  const sheet = openSheet();
  if (!sheet || link) return;
  const outside = sheet.id === 'share' ? event.target === sheet : !sheet.contains(event.target);
  if (outside) close();
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && openSheet()) close();
});

document.addEventListener('htmx:after:request', (event) => {
  if (event.target.closest?.('[data-closes-sheet]')) close();
});

window.addEventListener('hashchange', () => {
  const sheet = openSheet() ?? (SHEETS.includes(location.hash.slice(1)) && document.getElementById(location.hash.slice(1)));
  if (sheet) sheet.focus({ preventScroll: true });
});
