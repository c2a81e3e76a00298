// The page of a shut window: takes what she types to the shell, which alone decides, and says how long wrong ones make wait.
const told = document.querySelector('.wrong');
let left = 0;
let ticking;

function show(state) {
  document.body.dataset.lock = state;
  document.getElementById(state === 'pin' ? 'pin' : 'word').focus();
}

function wait(seconds) {
  clearInterval(ticking);
  left = seconds;
  const tick = () => {
    for (const button of document.querySelectorAll('button[type="submit"]')) button.disabled = left > 0;
    if (left > 0) told.textContent = told.dataset.wait.replace('{seconds}', String(left));
    else if (ticking) told.textContent = '';
    if (left <= 0) clearInterval(ticking);
    left -= 1;
  };
  ticking = seconds > 0 ? setInterval(tick, 1000) : undefined;
  tick();
}

async function open(path, field) {
  const input = document.getElementById(field);
  told.textContent = '';
  const answer = await fetch(path, { method: 'POST', body: JSON.stringify({ typed: input.value }) });
  input.value = '';
  if (answer.status === 204) return location.reload();
  const said = answer.headers.get('Content-Type') === 'application/json' ? await answer.json() : { opens: true, wait: 0 };
  if (field === 'pin' && !said.opens) {
    show('word');
    wait(said.wait);
    told.textContent = told.dataset.closed;
  } else if (said.wait > 0) wait(said.wait);
  else told.textContent = answer.status === 503 ? told.dataset.unknown : told.dataset.wrong;
}

document.getElementById('by-pin').addEventListener('submit', (event) => {
  event.preventDefault();
  void open('/shell/pin/open', 'pin');
});
document.getElementById('by-word').addEventListener('submit', (event) => {
  event.preventDefault();
  void open('/shell/pin/forgotten', 'word');
});
document.getElementById('forgot').addEventListener('click', () => show('word'));
document.getElementById('back').addEventListener('click', () => show('pin'));
wait(Number(document.body.dataset.wait));
