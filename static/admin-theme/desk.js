// The keys of the review page. What a key does is said in the page: aria-keyshortcuts on the link, button or field.
"use strict";

const dialog = document.getElementById("keys");
const off = document.getElementById("keys-off");
const saved = document.getElementById("saved");

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
  const next = questions[questions.indexOf(here) + 1];
  const control = next ? next.querySelector(":checked") ?? next.querySelector("input") : radio;
  control.focus();
  (next ?? here).scrollIntoView({ block: "nearest" });
  return true;
}

// A save that did not arrive is told: no answer, an error, or the way to the door because the session is over.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:afterRequest"]) {
  document.addEventListener(name, (event) => {
    const { xhr, pathInfo } = event.detail;
    const arrived = name === "htmx:afterRequest" && new URL(xhr.responseURL || "about:blank").pathname === pathInfo.requestPath;
    if (saved && !arrived) saved.textContent = saved.dataset.lost;
  });
}
