// "18 phút trước" keeps true while the page stays open, by the server's clock: the demo's can be moved.
const MINUTE = 60, HOUR = 3600, DAY = 86400;
const ahead = Date.parse(document.documentElement.dataset.now) - Date.now();

const words = (seconds) => {
  if (seconds < MINUTE) return 'vừa xong';
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} phút trước`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} giờ trước`;
  return null; // older ones carry their date, as the server wrote it
};

setInterval(() => {
  for (const time of document.querySelectorAll('time[data-ago]')) {
    const said = words((Date.now() + ahead - Date.parse(time.dateTime)) / 1000);
    if (said) time.textContent = said;
  }
}, MINUTE * 1000);
