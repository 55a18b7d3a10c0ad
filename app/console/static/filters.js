// What a list was narrowed to while one typed stands in the address, so that reloading and links keep it.
document.addEventListener('htmx:after:swap', () => {
  const bar = document.querySelector('#listing form.bar');
  if (!bar) return;
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(bar)) if (value) asked.append(name, value);
  const query = asked.toString();
  history.replaceState(history.state, '', query ? `?${query}` : location.pathname);
});
