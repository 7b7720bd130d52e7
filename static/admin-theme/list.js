/* The list was swapped by a filter: Django's script meets its new rows, and the focus stays where one chose. */
"use strict";

let chosenFilter = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest("#filter-choices a");
  if (link) chosenFilter = link.closest("details")?.dataset.filterTitle ?? "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "changelist-form" || chosenFilter === null) return;
  const boxes = document.querySelectorAll("tr input.action-select");
  if (boxes.length) window.Actions(boxes);
  const filter = document.querySelector(`#filter-choices [data-filter-title="${CSS.escape(chosenFilter)}"]`);
  (filter?.querySelector(".selected a") ?? document.querySelector(".drawer-close")).focus();
  chosenFilter = null;
});
