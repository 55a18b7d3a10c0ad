// The newest message is in sight, on opening and when one comes while the reader is at the end.
const box = document.getElementById('scroll');
let atEnd = true;
const toEnd = () => { if (box) box.scrollTop = box.scrollHeight; };
toEnd();
document.fonts.ready.then(() => { // until the font is there, heights still change
  toEnd();
  box?.addEventListener('scroll', () => { atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40; });
});
document.addEventListener('htmx:after:swap', () => { if (atEnd) toEnd(); });

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
