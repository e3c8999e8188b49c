// The board moves by itself. Without this file it is a page like any other, and is reloaded by hand.
"use strict";

(() => {
  const board = document.getElementById("board");
  const line = document.getElementById("line");
  const cards = document.getElementById("cards");
  const button = document.getElementById("show-waiting");
  if (!board || !cards || !window.EventSource) return;
  // More than anybody scrolls through; older ones are in the list of all warnings.
  const CARDS_MAX = 100;
  const COME_BACK_MS = 15000;
  let after = board.dataset.after;
  let waiting = [];

  const tell = (text) => { if (line.textContent !== text) line.textContent = text; };

  // What a hand is about to click doesn't move: while it is over the list, or the list is scrolled away, new cards wait.
  const busy = () => cards.matches(":hover") || cards.contains(document.activeElement) ||
    cards.getBoundingClientRect().top < 0;

  const show = () => {
    for (const card of waiting) {
      cards.prepend(card);
      document.getElementById("no-card")?.remove();
    }
    waiting = [];
    button.hidden = true;
    while (cards.children.length > CARDS_MAX) cards.lastElementChild.remove();
  };

  const add = (html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const card = parsed.querySelector("[data-card]");
    if (!card || cards.querySelector(`[data-card="${CSS.escape(card.dataset.card)}"]`)) return;
    const mark = document.createElement("span");
    mark.className = "flag new";
    mark.textContent = cards.dataset.new;
    card.firstElementChild.append(" ", mark);
    waiting.push(document.adoptNode(card));
    if (busy()) {
      button.textContent = button.dataset.text.replace("{0}", waiting.length);
      button.hidden = false;
    } else {
      show();
    }
  };

  const lamp = (unit, state) => {
    const item = document.getElementById(`lamp-${unit}`);
    if (!item) return;
    const [, level, others] = item.querySelectorAll("span");
    const text = state ? state.text : "—";
    if (level.textContent !== text) {
      level.textContent = text;
      level.className = state ? `level ${state.class}` : "level";
      item.classList.toggle("dark", !state);
      item.classList.add("changed");
    }
    others.textContent = state ? state.others : "";
  };

  const moment = (state) => {
    for (const [unit, value] of Object.entries(state.units)) lamp(unit, value);
    for (const [level, count] of Object.entries(state.today)) {
      const number = document.getElementById(`today-${level}`);
      if (number) number.textContent = count;
    }
    const open = new Set(state.due);
    const shown = Array.from(document.querySelectorAll("[data-due]"));
    for (const row of shown) row.classList.toggle("gone", !open.has(row.dataset.due));
    const known = new Set(shown.map((row) => row.dataset.due));
    document.getElementById("due-more").hidden = state.due.every((number) => known.has(number));
  };

  const connect = () => {
    const source = new EventSource(`/board/events?after=${encodeURIComponent(after)}`);
    source.addEventListener("open", () => tell(board.dataset.live));
    source.addEventListener("card", (event) => {
      after = event.lastEventId || after;
      add(event.data);
    });
    source.addEventListener("moment", (event) => moment(JSON.parse(event.data)));
    source.addEventListener("ended", () => {
      source.close();
      tell(board.dataset.ended);
    });
    source.addEventListener("error", () => {
      tell(board.dataset.broken);
      // The browser comes back by itself unless the answer was none of ours.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, COME_BACK_MS);
    });
    window.addEventListener("pagehide", () => source.close(), { once: true });
  };

  button.addEventListener("click", show);
  cards.addEventListener("mouseleave", () => { if (!busy()) show(); });
  connect();
})();
