// Helps the hands at the window. Without this file the form asks for the materials when it is sent.
"use strict";

(() => {
  const form = document.getElementById("register");
  if (!form) return;
  const at = (id) => document.getElementById(id);
  const item = at("item");
  const ticks = at("ticks");
  const options = Array.from(at("items").options);
  const boxes = () => Array.from(ticks.querySelectorAll("input"));

  // The same rule as on the server: the code, or a part of code or name that only one has.
  const chosen = () => {
    const typed = item.value.trim();
    if (!typed) return null;
    const first = typed.split(" ")[0].toUpperCase();
    const byCode = options.find((o) => o.dataset.code.toUpperCase() === first);
    if (byCode) return byCode;
    const part = typed.toUpperCase();
    const found = options.filter((o) => o.value.toUpperCase().includes(part));
    return found.length === 1 ? found[0] : null;
  };

  const tell = () => {
    const button = at("do");
    const missing = boxes().filter((box) => !box.checked).length +
      at("missing").value.split("\n").filter((line) => line.trim()).length;
    button.textContent = missing === 0 ? button.dataset.accept : button.dataset.correct.replace("{0}", missing);
  };

  const list = () => {
    const option = chosen();
    const code = option ? option.dataset.code : "";
    if (code === at("listed").value) return;
    at("listed").value = code;
    at("all").checked = false;
    const names = option && option.dataset.materials ? option.dataset.materials.split("\n") : [];
    ticks.replaceChildren(...names.map((name) => {
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", name: "have", value: name });
      const label = document.createElement("label");
      label.className = "tick";
      label.append(box, ` ${name}`);
      return label;
    }));
    at("materials").hidden = names.length === 0;
    tell();
  };

  // A number goes in a body, never in an address.
  const check = async () => {
    const id = at("id");
    const told = at("id-told");
    const answer = await fetch("/register/id", { method: "POST", body: new URLSearchParams({ id: id.value }) })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    if (!answer) return;
    told.textContent = (answer.good ? "" : told.dataset.bad) + answer.words;
    id.setAttribute("aria-invalid", String(!answer.good));
  };

  item.addEventListener("input", list);
  item.addEventListener("change", list);
  at("id").addEventListener("change", check);
  at("missing").addEventListener("input", tell);
  form.addEventListener("change", (event) => {
    if (event.target.id === "all") boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.name === "have") at("all").checked = boxes().every((box) => box.checked);
    tell();
  });
  window.addEventListener("pageshow", () => { list(); if (item.value) tell(); });
})();
