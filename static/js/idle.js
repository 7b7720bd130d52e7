/* Staff are signed out when nothing happens for a while. Before that the page asks whether they are still there; after it,
   what they typed stays, and goes on being theirs once they have signed in again in another tab. */
"use strict";

{
  const dialog = document.getElementById("idle");
  const title = document.getElementById("idle-title");
  const text = document.getElementById("idle-text");
  const stay = document.getElementById("idle-stay");
  const signIn = document.getElementById("idle-sign-in");
  const { address, user } = dialog.dataset;
  const warning = Number(dialog.dataset.warning);
  const question = title.textContent;
  const MINUTE = 60;
  let timer;

  const wait = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(look, seconds * 1000);
  };

  // Another tab may have kept the session meanwhile: the server knows. To ask is no sign of life.
  const look = () => ask({ headers: { "X-Unattended": "1" } });
  const keep = () => ask({ method: "POST", headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value } });

  async function ask(options) {
    try {
      const answer = await fetch(address, options);
      show(answer.ok ? await answer.json() : { seconds: 0 });
    } catch {
      wait(MINUTE); // no connection: whether the session is over will be seen once there is one
    }
  }

  function show({ seconds, user: owner, token }) {
    const left = String(owner) === user ? seconds : 0;
    if (left > 0) renew(token);
    if (left > warning) {
      dialog.close();
      wait(left - warning);
    } else if (left > 0) {
      warn(left);
      wait(Math.min(left + 1, MINUTE));
    } else {
      end();
    }
  }

  // Whoever signed in anew has a new token; the forms of this page go with it.
  function renew(token) {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  }

  function warn(seconds) {
    const minutes = Math.ceil(seconds / MINUTE);
    tell(question, minutes > 1 ? text.dataset.many.replace("{minutes}", minutes) : text.dataset.one, false);
  }

  function end() {
    clearTimeout(timer);
    tell(title.dataset.ended, text.dataset.ended, true);
  }

  function tell(heading, sentence, ended) {
    title.textContent = heading;
    text.textContent = sentence;
    stay.hidden = ended;
    signIn.hidden = !ended;
    if (!dialog.open) dialog.showModal();
    (ended ? signIn : stay).focus();
  }

  stay.addEventListener("click", keep);
  // Escape says as much as the button.
  dialog.addEventListener("cancel", () => stay.hidden || keep());
  document.addEventListener("visibilitychange", () => {
    if (dialog.open && document.visibilityState === "visible") look();
  });
  wait(Number(dialog.dataset.seconds) - warning);
}
