// The page of a closed home: takes a passphrase to the shell, or asks the shell to try again.
const wrong = document.querySelector('.wrong');

document.getElementById('ask').addEventListener('submit', async (event) => {
  event.preventDefault();
  wrong.textContent = '';
  const passphrase = document.getElementById('passphrase').value;
  const keep = document.getElementById('keep').checked;
  const answer = await fetch('/shell/unlock', { method: 'POST', body: JSON.stringify({ passphrase, keep }) });
  if (answer.status === 403) wrong.textContent = wrong.dataset.wrong;
  else if (answer.status === 422) wrong.textContent = wrong.dataset.short;
  else location.reload();
});

document.getElementById('again').addEventListener('click', async () => {
  await fetch('/shell/again', { method: 'POST' });
  location.reload();
});
