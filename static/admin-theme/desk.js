// The review page: its keys, and that nothing typed is lost. What a key does is said in the page, by aria-keyshortcuts.
"use strict";

const dialog = document.getElementById("keys");
const off = document.getElementById("keys-off");
const form = document.getElementById("rubric"); // none once the review is in

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
}

off.checked = localStorage.getItem("desk-keys") === "off";
off.addEventListener("change", () => localStorage.setItem("desk-keys", off.checked ? "off" : "on"));

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("textarea, input:not([type=radio]), select");
  if (event.key === "Escape" && field) field.blur();
  if (field || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || dialog.open) return;
  if (event.key !== "?" && off.checked) return;
  if (/^[1-9]$/.test(event.key) ? choose(Number(event.key)) : act(event.key)) event.preventDefault();
});

function act(key) {
  const target = document.querySelector(`[aria-keyshortcuts~="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("textarea")) target.focus();
  else target.click();
  return true;
}

// Picks the nth answer of the question in focus, else of the first one without an answer, and goes on to the next.
function choose(number) {
  const questions = [...document.querySelectorAll(".question")];
  const here = document.activeElement.closest(".question") ?? questions.find((each) => !each.querySelector(":checked"));
  const radio = here?.querySelectorAll("input")[number - 1];
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  const next = questions[questions.indexOf(here) + 1] ?? here;
  (next.querySelector(":checked") ?? next.querySelector("input")).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

if (form) {
  const saved = document.getElementById("saved");
  const address = form.getAttribute("hx-post");
  let unsaved = false;
  for (const name of ["input", "change"]) form.addEventListener(name, () => (unsaved = true));
  form.addEventListener("submit", () => (unsaved = false));
  form.addEventListener("htmx:beforeRequest", () => (unsaved = false));

  // Arrived means answered by our own address: not by an error, and not by the door when the session is over.
  form.addEventListener("htmx:afterRequest", ({ detail: { successful, xhr } }) => {
    if (successful && new URL(xhr.responseURL).pathname === address) return;
    unsaved = true;
    saved.textContent = saved.dataset.lost;
  });

  // Whoever goes on before the pause after the last change is over takes it with them.
  window.addEventListener("pagehide", () => {
    if (unsaved) navigator.sendBeacon(address, new FormData(form));
  });
}
