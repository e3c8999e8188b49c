// Keys for hands that stay on the keyboard. Every page works without this file.
"use strict";

(() => {
  const typing = (element) =>
    element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  const rows = () => Array.from(document.querySelectorAll("[data-rows] tbody tr"));
  let at = -1;

  const select = (index) => {
    const all = rows();
    if (all.length === 0) return;
    at = Math.max(0, Math.min(all.length - 1, index));
    all.forEach((row, i) => row.toggleAttribute("aria-selected", i === at));
    all[at].setAttribute("aria-selected", "true");
    all[at].scrollIntoView({ block: "nearest" });
  };

  // In a list the selected row is opened with the cursor in its act.
  const HERE = "#do";
  const chief = () => {
    const act = document.querySelector("details.act:has(> summary.chief)");
    if (!act) {
      const link = at >= 0 ? rows()[at]?.querySelector("a") : null;
      if (link) window.location.assign(link.href + HERE);
      return;
    }
    act.open = true;
    const field = act.querySelector(":is(select, textarea, input:not([type=hidden]), button):not(.when *)");
    if (field) field.focus();
  };

  const keys = {
    "/": () => document.getElementById("search")?.focus(),
    j: () => select(at + 1),
    k: () => select(at - 1),
    c: chief,
    n: () => document.querySelector(".menu a[href='/register']")?.click(),
    x: () => rows()[at]?.querySelector("input[type=checkbox]")?.click(),
    "?": () => document.getElementById("keys")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    // From a field of several lines too, but never where several buttons do different things.
    if (event.key === "Enter" && event.ctrlKey && typing(event.target)) {
      const form = event.target.form;
      if (form && form.querySelectorAll("button:not([type=button])").length === 1) form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "Enter" && at >= 0 && event.target === document.body) {
      rows()[at]?.querySelector("a")?.click();
      return;
    }
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  if (window.location.hash === HERE) chief();

  // A paper is printed with Enter.
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.focus();
    print.addEventListener("click", () => window.print());
  }

  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // What was refused: the cursor goes to the first field of the act that was typed.
  if (document.getElementById("problem")) {
    const field = document.querySelector("details.act[open] .form :is(select, textarea, input:not([type=hidden])):not(.when *)");
    if (field) field.focus();
  }
})();
