/* All that scripts do on the pages of candidates, a section each. Every page works without this file. */
"use strict";

/* Autosave: what is typed into the application form is on the server within two seconds. What can't be sent stays in the
   form alone, is sent as soon as that is possible, and leaving is asked about until then. The button beside the line posts
   the whole form, as it does without scripts: to save, to be signed in again, or to see both of two versions. */
{
  const form = document.getElementById("application");
  const line = document.getElementById("saved");
  if (form && line) autosave(form, line);

  function autosave(form, line) {
    const PAUSE = 700; // milliseconds after the last key
    const LONGEST = 1500; // after the first key that is not sent yet, for who types without a pause
    const PATIENCE = 10_000;
    const RETRY = [2_000, 5_000, 15_000, 30_000, 60_000];
    const TWO_DAYS = 2 * 24 * 60 * 60; // seconds; a browser's timers don't count much further
    const button = line.parentElement.querySelector("button");
    const version = form.elements.namedItem("draft_version");

    let typedAt = 0; // of the first change that no request has taken along; 0 when there is none
    let unanswered = null; // what was sent and may have arrived or not
    let sending = null; // the promise of the request that is under way
    let failures = 0;
    let stopped = false; // the server refuses, and goes on doing so until the page is opened anew
    let waits = false; // a form that was posted waits for what was typed
    let leaving = false;
    let timer;

    // Not "change": a field that is left long after its last key was saved has nothing new.
    form.addEventListener("input", (event) => event.target.type !== "file" && typed());
    form.addEventListener("submit", submit);
    window.addEventListener("online", retry);
    window.addEventListener("focus", retry);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") retry();
      else if (isUnsaved()) save({ keepalive: true });
    });
    const closesIn = Number(line.dataset.closesIn);
    if (closesIn > 0 && closesIn < TWO_DAYS) setTimeout(askWhetherClosed, (closesIn + 1) * 1000);
    if (line.dataset.state === "not-saved") {
      typed();
      save();
    }

    function isUnsaved() {
      return Boolean(typedAt || unanswered);
    }

    function typed() {
      typedAt ||= Date.now();
      guard();
      if (stopped || failures) return; // the line says so, and a retry is under way or useless
      line.dataset.state = "typing";
      schedule(Math.min(PAUSE, typedAt + LONGEST - Date.now()));
    }

    function schedule(pause) {
      clearTimeout(timer);
      timer = setTimeout(save, Math.max(pause, 0));
    }

    function retry() {
      if (isUnsaved()) save();
    }

    // A draft that is there is saved once more when the window closes: the answer tells whether it did.
    function askWhetherClosed() {
      if (Number(version.value) > 0 || isUnsaved()) save();
    }

    function save({ keepalive = false } = {}) {
      clearTimeout(timer);
      if (leaving) return sending;
      sending ??= send(keepalive).finally(() => (sending = null));
      return sending;
    }

    async function send(keepalive) {
      // What may have arrived is sent again as it was: the same answers twice are no conflict, newer ones on top would be.
      if (!unanswered) {
        unanswered = answers();
        typedAt = 0;
      }
      let told;
      try {
        const response = await fetch(form.getAttribute("action"), {
          method: "POST",
          body: unanswered,
          headers: { "X-CSRFToken": token() },
          signal: AbortSignal.timeout(PATIENCE),
          keepalive,
        });
        told = await response.json();
      } catch {
        return tryAgain(navigator.onLine ? line.dataset.failed : line.dataset.offline);
      }
      if (told.state === "not-reached") return tryAgain(told.line); // and it may be there all the same
      unanswered = null;
      take(told);
    }

    function tryAgain(why) {
      tell("not-reached", why);
      schedule(RETRY[Math.min(failures, RETRY.length - 1)]);
      failures += 1;
    }

    function take({ state, line: text, button: word, version: now }) {
      stopped = state === "not-taken";
      if (now === undefined) {
        typedAt ||= Date.now();
      } else {
        version.value = now;
        failures = 0;
      }
      button.textContent = word;
      tell(state, text);
      if (typedAt && now !== undefined) typed();
      if (state === "not-signed-in") schedule(RETRY[Math.min(failures++, RETRY.length - 1)]);
      guard();
    }

    // The texts of the form, without files: those have a way of their own.
    function answers() {
      const data = new FormData(form);
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
      data.delete("csrfmiddlewaretoken");
      data.set("action", "autosave");
      return data;
    }

    // Read anew each time: signing in, in whatever tab, changes it.
    function token() {
      return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
    }

    // The line is read out when its words change: once a minute at most while all goes well.
    function tell(state, text) {
      line.dataset.state = state;
      if (line.textContent.trim() !== text) line.textContent = text;
    }

    function guard() {
      window.removeEventListener("beforeunload", warn);
      if (isUnsaved() && !leaving) window.addEventListener("beforeunload", warn);
    }

    function warn(event) {
      event.preventDefault();
    }

    // A form that is posted while there is no network is lost with its page, so what is typed goes first.
    async function submit(event) {
      const known = form.elements.namedItem("csrfmiddlewaretoken");
      known.value = token() || known.value;
      if (leaving || (navigator.onLine && !sending && !isUnsaved())) return;
      event.preventDefault();
      if (waits) return; // a second click
      waits = true;
      await sending;
      if (unanswered || !navigator.onLine) await save();
      if (typedAt && !unanswered) await save();
      waits = false;
      if (unanswered) return; // the line says why
      leaving = true;
      guard();
      form.requestSubmit(event.submitter);
    }
  }
}

/* --- Times: what the reader's own clock shows beside the window's, and what is left of the last two days --- */
{
  const language = document.documentElement.lang;
  const words = document.getElementById("time-words")?.dataset;
  const clock = (zone) =>
    new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  const weekday = (zone) => new Intl.DateTimeFormat(language, { weekday: "long", timeZone: zone });

  const ownTime = (time) => {
    const at = new Date(time.dateTime);
    const [here, there] = [undefined, time.dataset.zone].map((zone) => ({
      time: clock(zone).format(at),
      day: weekday(zone).format(at),
    }));
    if (here.day !== there.day) return words.otherDay.replace("{time}", here.time).replace("{day}", here.day);
    return here.time === there.time ? words.same : words.sameDay.replace("{time}", here.time);
  };

  /* How far the server's clock is ahead of the device's, which may be wrong. A page that comes back out of the browser's
     memory tells an old time: then the device's clock is the better one. */
  const arrived = Date.now();
  const fromMemory = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const ahead = (now) => (fromMemory ? 0 : Date.parse(now) - arrived);

  const unit = (number, name) =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" }).format(number);
  const left = ({ until, now }) => {
    const minutes = Math.ceil((Date.parse(until) - Date.now() - ahead(now)) / 60_000);
    if (minutes <= 0) return words.over;
    const hours = Math.floor(minutes / 60);
    return words.left.replace("{left}", [hours && unit(hours, "hour"), unit(minutes % 60, "minute")].filter(Boolean).join(" "));
  };
  const countDown = () => {
    for (const place of document.querySelectorAll(".countdown")) place.textContent = left(place.dataset);
  };

  const tell = () => {
    for (const time of document.querySelectorAll(".moment > time")) time.nextElementSibling.textContent = ownTime(time);
    countDown();
  };

  if (words) {
    tell();
    setInterval(countDown, 60_000);
    document.addEventListener("htmx:afterSettle", tell);
  }
}

/* The living form: words are counted as one types, what the server says of the answers takes its place without moving
   the focus, and buttons inside the form change their part of it in place. */
{
  const form = document.querySelector("form#application");

  // One for each character of scripts without spaces, one for five of those with long words, one for whatever spaces
  // part elsewhere: count_words() in programs/kinds/statement.py is the rule, and a test holds the two equal.
  const ONE_EACH = /[\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;
  const FIVE_EACH = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+/gu;
  const SPACED = /[\p{L}\p{N}]+(?:['’.\-][\p{L}\p{N}]+)*/gu;
  const found = (text, pattern) => text.match(pattern) ?? [];

  const countWords = (text) => {
    const rest = text.replace(ONE_EACH, " ");
    const runs = found(rest, FIVE_EACH).map((run) => Math.ceil(run.length / 5));
    return (
      found(text, ONE_EACH).length +
      runs.reduce((sum, run) => sum + run, 0) +
      found(rest.replace(FIVE_EACH, " "), SPACED).length
    );
  };

  const recount = ({ target }) => {
    const place = target.id && form.querySelector(`[data-counts="${CSS.escape(target.id)}"]`);
    if (place) place.textContent = countWords(target.value);
  };

  const squeezed = (element) => element.innerHTML.replace(/\s+/g, " ").trim();

  // Left alone are: what has not changed, so that a screen reader hears changes only; what holds the focus; and a field
  // in which one is still typing, which is told of an error only once it is left.
  const keepPlace = (event) => {
    const { target, fragment } = event.detail;
    const same = squeezed(target) === squeezed(fragment);
    const typing = target.matches(".errors") && target.closest(".field")?.contains(document.activeElement);
    const told = typing && fragment.querySelector(".error");
    if (same || told || target.contains(document.activeElement)) event.preventDefault();
  };

  // A control is marked as the server would have marked it.
  const markControl = (errors) => {
    const field = errors.closest(".field");
    const error = errors.querySelector(".error");
    for (const control of field.querySelectorAll("input, select, textarea")) {
      if (error) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    const described = field.querySelector("fieldset") ?? field.querySelector("input, select, textarea");
    const ids = (described.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.endsWith("_error"));
    if (error) ids.push(error.id);
    if (ids.length) described.setAttribute("aria-describedby", ids.join(" "));
    else described.removeAttribute("aria-describedby");
  };

  const edited = (event) => {
    document.getElementById(event.detail.focus)?.focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // Told beside the button that failed; it goes with the part when that is changed.
  const failed = document.getElementById("edit-failed");
  const tellFailed = ({ target }) => {
    const part = target.closest("[data-edit]");
    if (!part) return;
    part.append(failed);
    failed.hidden = false;
  };

  if (form) {
    form.addEventListener("input", recount);
    form.addEventListener("htmx:oobBeforeSwap", keepPlace);
    form.addEventListener("htmx:afterRequest", () => form.querySelectorAll(".field .errors").forEach(markControl));
    form.addEventListener("htmx:sendError", tellFailed);
    form.addEventListener("htmx:responseError", tellFailed);
    document.addEventListener("edited", edited);
  }
}

/* Files: uploaded as soon as they are chosen or dropped. Without this they go with "Save". */
{
  const documents = document.getElementById("documents");
  const status = document.getElementById("upload-status");
  const words = (key, file, percent) =>
    documents.dataset[key].replace("{name}", () => file.name).replace("{percent}", () => percent);

  function element(tag, properties = {}) {
    return Object.assign(document.createElement(tag), properties);
  }

  /* What is told below a field about its upload: one thing at a time, and the focus stays with it. */
  function showState(place, ...parts) {
    const earlier = place.querySelector(".upload-state");
    const hadFocus = earlier?.contains(document.activeElement);
    earlier?.remove();
    if (parts.length > 0) {
      const state = element("div", { className: "upload-state" });
      state.append(...parts);
      place.append(state);
    }
    if (hadFocus) (place.querySelector(".upload-state button") ?? place.querySelector("input[type=file]")).focus();
  }

  function fail(place, file, sentence) {
    const retry = element("button", { type: "button", className: "button button-quiet", textContent: documents.dataset.retry });
    retry.addEventListener("click", () => send(place, file));
    tellError(place, sentence, retry);
  }

  /* With the sign and the word that every error has. */
  function tellError(place, sentence, ...buttons) {
    const error = element("div", { className: "error" });
    const mark = element("span", { className: "mark", textContent: "!", ariaHidden: "true" });
    const told = element("div");
    told.append(element("strong", { textContent: documents.dataset.toFix }), ` ${sentence}`);
    error.append(mark, told);
    showState(place, error, ...buttons);
    status.textContent = sentence;
  }

  /* Puts what the server answered in the place of the field, and keeps the focus where it was. */
  function show(place, html) {
    const hadFocus = place.contains(document.activeElement);
    // The window to choose another one in may still be open, and tells the field that goes.
    const gone = place.querySelector("input[type=file]");
    gone.addEventListener("change", () => gone.files[0] && send(place, gone.files[0]));
    place.innerHTML = html;
    window.htmx?.process(place);
    if (hadFocus) place.querySelector(".ask").focus();
    // What the file comes to is told with the other answers.
    place.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
  }

  function send(place, file) {
    place.upload?.abort();
    if (file.size > Number(place.dataset.mostBytes)) return tooLarge(place, file);
    const request = new XMLHttpRequest();
    place.upload = request;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", document.querySelector("#application [name=csrfmiddlewaretoken]").value);
    body.append("file", file);
    showProgress(place, file, request);
    request.addEventListener("load", () => answered(place, file, request));
    request.addEventListener("error", () => fail(place, file, words("offline", file)));
    request.open("POST", place.dataset.upload);
    request.send(body);
  }

  /* What would be refused again must not go with "Save" either. */
  function tooLarge(place, file) {
    place.querySelector("input[type=file]").value = "";
    tellError(place, words("tooLarge", file));
  }

  function showProgress(place, file, request) {
    const told = element("p", { textContent: words("uploading", file, 0) });
    const bar = element("progress", { max: 100, value: 0 });
    bar.setAttribute("aria-label", file.name);
    const cancel = element("button", { type: "button", className: "button button-quiet", textContent: documents.dataset.cancel });
    cancel.addEventListener("click", () => {
      request.abort();
      place.querySelector("input[type=file]").value = "";
      showState(place);
      status.textContent = documents.dataset.cancelled;
    });
    showState(place, told, bar, cancel);
    status.textContent = told.textContent;
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.floor((100 * event.loaded) / event.total);
      told.textContent = bar.value < 100 ? words("uploading", file, bar.value) : words("checking", file);
    });
  }

  function answered(place, file, request) {
    if (request.status === 200 || request.status === 422) {
      show(place, request.responseText);
      const error = place.querySelector(".error");
      status.textContent = error ? error.textContent.trim() : words("done", file);
    } else if (request.status === 413) {
      tooLarge(place, file);
    } else {
      fail(place, file, words([401, 403].includes(request.status) ? "expired" : "failed", file));
    }
  }

  for (const place of document.querySelectorAll("[data-upload]")) {
    place.addEventListener("change", (event) => {
      if (event.target.type === "file" && event.target.files[0]) send(place, event.target.files[0]);
    });
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("is-over");
    });
    place.addEventListener("dragleave", () => place.classList.remove("is-over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("is-over");
      if (event.dataTransfer.files[0]) send(place, event.dataTransfer.files[0]);
    });
  }
}

/* --- A form that is posted once: a code is used up by the first of two clicks, and the second would be told so --- */
for (const form of document.querySelectorAll("form[data-once]")) {
  const DOUBLE_CLICK = 3_000; // milliseconds; after that it is another try
  let postedAt = -DOUBLE_CLICK;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - postedAt < DOUBLE_CLICK) event.preventDefault();
    else postedAt = event.timeStamp;
  });
}
