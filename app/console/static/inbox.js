// The newest message is in sight, on opening and when one comes while the reader is at the end.
const scroll = document.getElementById('scroll');
let atEnd = true;
const toEnd = () => { if (scroll && atEnd) scroll.scrollTop = scroll.scrollHeight; };
scroll?.addEventListener('scroll', () => {
  atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
});
toEnd();
document.fonts.ready.then(toEnd);
window.addEventListener('load', toEnd);
document.addEventListener('htmx:after:swap', toEnd);

// The tab's title counts who waits, for those who work in another tab.
const title = document.title;
const count = () => {
  const waiting = document.querySelectorAll('#queue .queue > li').length;
  document.title = waiting ? `(${waiting}) ${title}` : title;
};
count();
document.addEventListener('htmx:after:swap', count);

// Ctrl+Enter sends.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.name === 'noi_dung') {
    event.target.form.requestSubmit();
  }
});
