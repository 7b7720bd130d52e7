/* Long forms in tabs: every fieldset and inline is a panel, and so are the sections that stand below the form.
   Without this script they are sections of one page. The tab that is open is named in the address. */
"use strict";

{
  const words = document.currentScript.dataset;

  function sections() {
    const form = document.querySelector(".change-form #content-main > form");
    if (!form) return [];
    const inForm = form.querySelectorAll(":scope > div > fieldset.module, :scope > div > .inline-group");
    return inForm.length < 3 ? [] : [...inForm, ...document.querySelectorAll("#content-main ~ section.sheet")];
  }

  function slug(text) {
    return text.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  }

  /* The section in a panel of its own, with the tab that opens it. */
  function paired(section) {
    const heading = section.querySelector("h2");
    const name = heading?.textContent.trim() || words.first;
    const panel = document.createElement("div");
    panel.className = "tab-panel";
    panel.setAttribute("role", "tabpanel");
    panel.id = `tab-${section.matches("section") && heading?.id ? heading.id : slug(name)}`;
    section.before(panel);
    panel.append(section);

    const tab = document.createElement("button");
    tab.type = "button";
    tab.className = "tab";
    tab.id = `${panel.id}-opener`;
    tab.textContent = name;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("aria-labelledby", tab.id);
    if (panel.querySelector(".errorlist")) {
      tab.classList.add("tab-wrong");
      const wrong = document.createElement("span");
      wrong.className = "visually-hidden";
      wrong.textContent = ` (${words.wrong})`;
      tab.append(wrong);
    }
    return { tab, panel };
  }

  function open(pairs, chosen) {
    for (const pair of pairs) {
      const isChosen = pair === chosen;
      pair.panel.hidden = !isChosen;
      pair.tab.setAttribute("aria-selected", isChosen);
      pair.tab.tabIndex = isChosen ? 0 : -1;
    }
    // A section below the form leaves the form, with its save bar, out of sight.
    const form = document.querySelector("#content-main > form");
    form.hidden = !form.contains(chosen.panel);
  }

  /* The panel that the address names, or that has what the address names in it. */
  function named(pairs) {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!name) return undefined;
    const target = document.getElementById(name);
    return pairs.find(({ panel }) => panel.id === `tab-${name}` || (target && panel.contains(target)));
  }

  function byKey(pairs, tab, key) {
    const here = pairs.findIndex((pair) => pair.tab === tab);
    const steps = { ArrowRight: here + 1, ArrowLeft: here - 1 + pairs.length, Home: 0, End: pairs.length - 1 };
    return key in steps ? pairs[steps[key] % pairs.length] : undefined;
  }

  const pairs = sections().map(paired);
  if (pairs.length) {
    const list = document.createElement("div");
    list.className = "tabs";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", words.label);
    list.append(...pairs.map(({ tab }) => tab));
    document.querySelector("#content-main > form").before(list);
    document.documentElement.classList.add("has-tabs");

    const choose = (pair) => {
      open(pairs, pair);
      history.replaceState(history.state, "", `#${pair.panel.id.slice("tab-".length)}`);
    };
    list.addEventListener("click", (event) => {
      const pair = pairs.find(({ tab }) => tab.contains(event.target));
      if (pair) choose(pair);
    });
    list.addEventListener("keydown", (event) => {
      const pair = byKey(pairs, event.target, event.key);
      if (!pair) return;
      event.preventDefault();
      choose(pair);
      pair.tab.focus();
    });
    window.addEventListener("hashchange", () => {
      const pair = named(pairs);
      if (pair) open(pairs, pair);
    });
    const wrong = pairs.find(({ tab }) => tab.classList.contains("tab-wrong"));
    open(pairs, wrong ?? named(pairs) ?? pairs[0]);
  }
}
