// Reseat works without this file; with it some things go quicker. Everything hangs on data attributes in the page.

const every = (where, what, act) => where.querySelectorAll(what).forEach(act);
const say = (text) => { const said = document.getElementById("said"); if (said) said.textContent = text; };

// The print button is hidden until a script can print; copy buttons until there is a clipboard to copy to. `data-copy` holds the text.
function copying(where) {
  every(where, "[data-print]", (button) => { button.hidden = false; });
  if (!navigator.clipboard) return;
  every(where, "[data-copy]", (button) => { button.hidden = false; });
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  label.textContent = "Copied";
  say("Copied");
  setTimeout(() => { label.textContent = before; }, 1600);
}

// `<time data-near datetime="…">` keeps its words true while the page stays open: only for moments within a day.
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
function near(time) {
  const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
  const size = Math.abs(seconds);
  if (!(size < 86400)) return;
  const text = size < 45 ? "just now"
    : size < 2700 ? words.format(Math.round(seconds / 60), "minute")
    : words.format(Math.round(seconds / 3600), "hour");
  if (time.textContent !== text) time.textContent = text;
}

// A file input says its oldest file's own date in `<input type="hidden" data-modified-of="its id">`, and shows the names.
function chosen(input) {
  const files = [...input.files];
  const oldest = files.length ? new Date(Math.min(...files.map((file) => file.lastModified))) : null;
  every(document, "[data-modified-of]", (hidden) => {
    if (hidden.dataset.modifiedOf === input.id) hidden.value = oldest ? oldest.toISOString() : "";
  });
  const note = input.closest("[data-drop]")?.querySelector("[data-dropped]");
  if (note && files.length) note.textContent = files.map((file) => `${file.name}, ${size(file.size)}`).join("; ");
}
const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

// A box marked `data-drop="id"` takes a dropped file for the file input of that id.
function dropping(where) {
  every(where, "[data-drop]", (box) => {
    const input = document.getElementById(box.dataset.drop);
    const over = (on) => (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      box.classList.toggle("over", on);
    };
    box.addEventListener("dragover", over(true));
    box.addEventListener("dragleave", over(false));
    box.addEventListener("drop", (event) => {
      over(false)(event);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
  });
}

// `<section id="…" data-poll="URL">` fetches that page every second and takes over the element of the same id,
// until it comes without `data-poll`. When that page is elsewhere or has it no more, the whole page is loaded anew;
// a failed try is repeated, less and less often.
async function poll(region, misses = 0) {
  await new Promise((done) => setTimeout(done, Math.min(1000 * 2 ** misses, 15000)));
  if (!region.isConnected || !region.dataset.poll) return;
  if (document.hidden) return poll(region, misses);
  let fresh;
  try {
    const answer = await fetch(region.dataset.poll, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected) return location.reload();
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    fresh = page.getElementById(region.id);
    if (page.title) document.title = page.title;
  } catch {
    return poll(region, Math.min(misses + 1, 4));
  }
  if (!fresh) return location.reload();
  const held = region.contains(document.activeElement) ? document.activeElement.id : "";
  region.replaceWith(fresh);
  prepare(fresh);
  if (held) document.getElementById(held)?.focus();
  if (fresh.dataset.poll) return poll(fresh);
  say(fresh.dataset.says ?? document.title);
}

// A button marked `data-pick` opens the browser's calendar for the field before it and writes the chosen day, or day and minute,
// into it. The field is typed text, so that it takes every form of a day and loses none when it is refused.
function picking(where) {
  if (!HTMLInputElement.prototype.showPicker) return;
  every(where, "[data-pick]", (button) => { button.hidden = false; });
}

function pick(button) {
  const field = button.previousElementSibling;
  const calendar = document.createElement("input");
  Object.assign(calendar, { type: button.dataset.pick, className: "calendar", tabIndex: -1 });
  calendar.setAttribute("aria-hidden", "true");
  calendar.value = field.value.trim().replace(" ", "T");
  calendar.addEventListener("change", () => {
    field.value = calendar.value.replace("T", " ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    // A day and minute is not chosen yet when its day is.
    if (calendar.type === "date") field.focus();
  });
  button.parentElement.querySelector(".calendar")?.remove();
  button.after(calendar);
  calendar.showPicker();
}

function prepare(where) {
  copying(where);
  picking(where);
  dropping(where);
  every(where, "time[data-near]", near);
}

// With Shift a click on a box in a table does to all between it and the box before what it does to that one.
let ticked = null;
document.addEventListener("click", (event) => {
  const box = event.target;
  if (box.type !== "checkbox" || !box.closest("table")) return;
  const all = [...box.closest("table").querySelectorAll("input[type=checkbox]")];
  if (event.shiftKey && all.includes(ticked)) {
    const [from, to] = [all.indexOf(ticked), all.indexOf(box)].sort((one, other) => one - other);
    all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
    say(`${all.filter((one) => one.checked).length} chosen`);
  }
  ticked = box;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  if (event.target.closest("[data-print]")) print();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (button) pick(button);
});

// A problem's link leads to its field; of a group of choices or boxes, to the chosen or the first one.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".problems a[href^='#']");
  const group = link && document.getElementById(link.getAttribute("href").slice(1));
  if (!group?.matches("fieldset")) return;
  const first = group.querySelector("input:checked") ?? group.querySelector("input:not([type=hidden]), select, textarea");
  if (!first) return;
  event.preventDefault();
  first.focus();
});

document.addEventListener("change", (event) => {
  if (event.target.type === "file") chosen(event.target);
});

// A long form says that it is on its way and does not go twice. Coming back with the back button frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // Not `form.method`: that may be a field of this name.
  if (form.getAttribute("method") !== "post") return;
  if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  if (event.submitter?.formMethod !== "get") store.set("posted", isPage ? "page" : "answer");
  if (!form.dataset.busy) return;
  say(form.dataset.busy);
  const word = event.submitter?.querySelector("span");
  if (word) [word.dataset.before, word.textContent] = [word.textContent, form.dataset.busy];
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  every(document, "form[aria-busy]", (form) => form.removeAttribute("aria-busy"));
  every(document, "[data-before]", (word) => { word.textContent = word.dataset.before; delete word.dataset.before; });
});

// A long form keeps what is typed in this tab until it is sent, and offers it when its page is opened again. Not kept are
// passwords, files and license key pack IDs. Live calls (`data-draft`) keep theirs on the server; a form that came back through
// signing in (`data-again`) holds what its own page has kept already.
const store = {
  get: (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
  set: (key, value) => { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* Full, or not allowed. */ } },
  keys: () => { try { return Object.keys(sessionStorage); } catch { return []; } },
  drop: (key) => { try { sessionStorage.removeItem(key); } catch { /* Not allowed. */ } },
};
const drafts = (key) => { const all = store.get(key); return Array.isArray(all) ? all : []; };
const unsent = (form) => `unsent ${form.getAttribute("action") ?? location.pathname}`;
const reader = document.querySelector(".person .name")?.textContent ?? "";
const LINE = "input:is(:not([type]), [type=text], [type=email], [type=tel], [type=url], [type=number])";
const isLong = (form) => form.querySelector("textarea") || form.querySelectorAll(LINE).length > 3;
const isKept = (form) => isLong(form) && !form.matches("[data-draft], [data-again]") && !form.querySelector("[type=password], [type=file]");

// What its fields say: of a box to tick whether it is ticked. `seen` goes along, so that a newer change is never overwritten.
const fieldsOf = (form) => [...form.elements].filter((one) => one.name && one.matches("input, select, textarea")
  && (one.type !== "hidden" || one.name === "seen") && !["submit", "image"].includes(one.type)
  && !one.closest("[data-boxes]") && one.name !== "license_key_pack_id");
const isBox = (one) => one.type === "checkbox" || one.type === "radio";
const typedIn = (form) => fieldsOf(form).map((one) => [one.name, isBox(one) ? `${one.checked} ${one.value}` : one.value]);
const differs = (form, typed) => {
  const present = typedIn(form).filter(([name]) => name !== "seen").map(String);
  const before = typed.filter(([name]) => name !== "seen").map(String);
  return before.some((pair) => !present.includes(pair));
};
// Whether everything that is offered has been typed anew: each field that it would change no longer says what it said at first.
const isOvertaken = (form, offered, first) => {
  const of = (typed, name) => typed.filter(([one]) => one === name).map(String).join("\n");
  const present = typedIn(form);
  return offered.every(([name]) => name === "seen" || of(offered, name) === of(first, name) || of(present, name) !== of(first, name));
};
function restore(form, typed) {
  const left = [...typed];
  fieldsOf(form).forEach((one) => {
    const at = left.findIndex(([name, value]) => name === one.name && (!isBox(one) || value.endsWith(` ${one.value}`)));
    if (at < 0) return;
    const [[, value]] = left.splice(at, 1);
    if (isBox(one)) one.checked = value.startsWith("true ");
    else one.value = value;
  });
}

let forgotten = false;
function keeping(form, isRefused) {
  const key = unsent(form);
  // What was typed on earlier visits and not answered for, the latest last; behind it is kept what is typed now.
  const earlier = drafts(key).filter((one) => one.reader === reader).slice(-2);
  const first = typedIn(form);
  let timer = 0;
  let offer = null;
  let isTyped = false;
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    const now = isTyped ? [{ at: Date.now(), reader, typed: typedIn(form) }] : [];
    if (forgotten || !(earlier.length + now.length)) store.drop(key);
    else store.set(key, [...earlier, ...now]);
  };
  const later = () => { isTyped = true; clearTimeout(timer); timer = setTimeout(keep, 300); };
  const next = () => {
    while (earlier.length && !differs(form, earlier.at(-1).typed)) earlier.pop();
    if (!earlier.length) return;
    offer = offering(earlier.at(-1), (back) => {
      offer = null;
      const { typed } = earlier.pop();
      if (back) { restore(form, typed); isTyped = true; } else next();
      keep();
      form.querySelector(`${LINE}, textarea`)?.focus();
    });
    form.before(offer);
  };
  if (isRefused) { earlier.pop(); isTyped = true; keep(); }
  else { next(); keep(); }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("pagehide", () => { if (timer) keep(); });
  form.addEventListener("submit", () => {
    if (offer && isOvertaken(form, earlier.at(-1).typed, first)) { offer.remove(); offer = null; earlier.pop(); }
    isTyped = !offer;
    keep();
  });
}

function offering({ at }, answer) {
  const notice = document.createElement("div");
  Object.assign(notice, { className: "notice offer", role: "status" });
  notice.dataset.meaning = "wait";
  const text = document.createElement("span");
  const day = new Date(at).toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
  const when = new Date(at).toLocaleString("en-GB", { ...day, hour: "2-digit", minute: "2-digit" });
  text.textContent = `What you typed here at ${when} was not sent.`;
  notice.append(text, ...[["Restore it", true], ["Throw it away", false]].map(([words, back]) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button small", textContent: words });
    button.addEventListener("click", () => { notice.remove(); answer(back); say(back ? "It is in the form again." : "It is thrown away."); });
    return button;
  }));
  say(text.textContent);
  return notice;
}

// What was sent is kept until the answer shows that it was taken: another page, or a sentence that says so.
function answered() {
  const sent = store.get("sent");
  store.drop("sent");
  if (!sent) return "";
  const { responseStatus: status = 0, type } = performance.getEntriesByType("navigation")[0] ?? {};
  const isRefused = status ? status >= 400 : Boolean(document.querySelector(".problems, [aria-invalid], .empty.big, form[action='/sign-in']"));
  if (isRefused) return sent;
  // Somebody who came back or loaded the page anew has no answer yet.
  if (type === "navigate" || document.querySelector(".notice[data-meaning=done]")) {
    const left = drafts(sent).slice(0, -1);
    if (left.length) store.set(sent, left);
    else store.drop(sent);
  }
  return "";
}

// A refused form is the answer to what was sent. Its place in the browser's history is the page that it was sent from, so that
// whoever comes back or loads it anew is not asked by the browser whether to send it again, and finds what was typed offered there.
const { responseStatus: answer = 0, redirectCount = 0 } = performance.getEntriesByType("navigation")[0] ?? {};
const posted = redirectCount ? "" : store.get("posted");
store.drop("posted");
const isAgain = posted === "page" && answer === 422 && document.referrer.startsWith(`${location.origin}/`);
if (isAgain) history.replaceState(history.state, "", document.referrer);
// Whether this page can be asked for at its address: it is not itself the answer to what was sent there.
const isPage = !posted || isAgain;

const refused = answered();
every(document, "form[method=post]", (form) => { if (isKept(form)) keeping(form, unsent(form) === refused); });
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  // What is still offered is not what was sent, and what only asks sends nothing.
  const isOffered = form.previousElementSibling?.matches(".offer");
  const isAsking = event.submitter?.formMethod === "get";
  if (!isOffered && !isAsking && (isKept(form) || form.matches("[data-again]"))) store.set("sent", unsent(form));
  if (form.getAttribute("action") === "/sign-out") forgetting();
});

// Whoever signs out leaves nothing typed behind.
function forgetting() {
  forgotten = true;
  store.keys().forEach((key) => { if (key === "sent" || key.startsWith("unsent ")) store.drop(key); });
}

// The browser says its time zone, so that times are written in it (unless somebody chose another one on their own page).
const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
if (zone && !document.cookie.split("; ").includes(`zone=${zone}`)) document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;

// Keys. A letter does something only where nobody writes and no other key is held; all of them can be switched off, for people
// whose voice or shaking hand types letters by itself. `g` and a letter go to a place, the others press what the page offers.
const places = {
  h: "/", k: "/key-packs", c: "/clients", l: "/licenses", t: "/transfers", q: "/transfers/queue", r: "/reissues", p: "/calls",
  s: "/license-servers", i: "/imports", a: "/reports",
};
const keys = {
  "/": () => { const search = document.querySelector("[data-search] input"); search?.focus(); search?.select(); return search; },
  "?": () => { const known = document.querySelector(".rail"); if (known) showKeys(); return known; },
  n: () => offered("main .head a[href$='/new'], main .head a[href*='/new?'], main .empty a[href$='/new']"),
  e: () => offered("main .head a[href$='/edit']"),
  c: () => offered("main .head a[href^='/calls/new']") ?? to("[data-call]") ?? offered("[data-log-call]"),
  f: () => to("main form :is(input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea)")
    ?? to("main form input:is([type=checkbox], [type=radio])"),
  m: () => to("main .button.main"),
  j: () => row(1),
  k: () => row(-1),
  x: () => { const box = here()?.querySelector("input[type=checkbox]"); box?.click(); return box; },
};
const to = (what) => {
  const one = [...document.querySelectorAll(what)].find((found) => !found.disabled && found.checkVisibility());
  one?.focus();
  return one;
};
const offered = (what) => { const link = document.querySelector(what); link?.click(); return link; };
const unwanted = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
const here = () => document.activeElement?.closest("main tbody tr");

// The next or the previous row of the page's tables, by the link that it begins with; behind the last one comes the next page.
function row(step) {
  const rows = [...document.querySelectorAll("main tbody tr")].filter((one) => one.querySelector("a") && one.checkVisibility());
  const at = rows.indexOf(here()) + step;
  const to = rows[here() ? at : step > 0 ? 0 : rows.length - 1]?.querySelector("a")
    ?? document.querySelector(step > 0 ? "main .pager [rel=next]" : "main .pager [rel=prev]");
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
  return to;
}

// Ctrl and Enter send the form that one writes in, from any of its fields; the note of a live call goes alone.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing || event.defaultPrevented) return;
  const form = event.target.closest("main form[method=post]");
  const button = form?.querySelector("button.main") ?? form?.querySelector("button[type=submit]:not(.unseen)");
  if (!button || button.disabled) return;
  event.preventDefault();
  form.requestSubmit(button);
});

let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && document.activeElement?.matches("main tbody tr a")) { if (row(arrow)) event.preventDefault(); return; }
  if (unwanted() || event.repeat && !"jk".includes(event.key) || event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]")) return;
  const place = Date.now() - going < 1500 ? places[event.key] : null;
  going = event.key === "g" ? Date.now() : 0;
  if (place) { event.preventDefault(); location.assign(place); return; }
  if (Object.hasOwn(keys, event.key) && keys[event.key]()) event.preventDefault();
});

// Switches the keys off and on: over the map, and on its page in help, which is there without a key.
function keySwitch() {
  const wanted = document.createElement("label");
  wanted.className = "tick unprinted";
  wanted.innerHTML = "<input type=\"checkbox\"> <span>Single keys work: letters, <kbd>/</kbd> and <kbd>?</kbd></span>";
  const box = wanted.querySelector("input");
  box.checked = !unwanted();
  box.addEventListener("change", () => { try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* Not kept. */ } });
  return wanted;
}
if (location.pathname === "/help/keyboard") document.querySelector("main .help")?.before(keySwitch());

// What the keys do, as the help has it, over the page that one is on.
async function showKeys() {
  let map = document.getElementById("keys");
  if (!map) {
    map = document.createElement("dialog");
    Object.assign(map, { id: "keys", className: "over" });
    map.setAttribute("aria-label", "What the keys do");
    const answer = await fetch("/help/keyboard", { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return location.assign("/help/keyboard");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const text = page.querySelector("main .help") ?? page.querySelector("main");
    every(text, "[id]", (part) => part.removeAttribute("id"));
    const close = document.createElement("form");
    close.method = "dialog";
    close.innerHTML = "<button class=\"button main\" type=\"submit\" autofocus><span>Close</span></button>";
    const help = document.createElement("div");
    help.className = "help";
    help.append(...text.childNodes);
    const head = document.createElement("header");
    head.append(Object.assign(document.createElement("h2"), { textContent: "What the keys do" }), keySwitch(), close);
    map.append(head, help);
    map.addEventListener("click", (event) => { if (event.target === map) map.close(); });
    document.body.append(map);
  }
  map.showModal();
}

// The open menu closes with Escape and by a click beside it.
document.addEventListener("keyup", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

// `<form data-search>` answers as one types, with what its own page would say: a list under the box, walked by the arrow
// keys. Enter without a chosen answer opens the page itself.
function searching(form) {
  const input = form.querySelector("input");
  const list = document.createElement("div");
  Object.assign(list, { id: "answers", className: "answers", hidden: true });
  form.append(list);
  const wire = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  Object.entries(wire).forEach(([name, value]) => input.setAttribute(name, value));
  let asked = new AbortController();
  let timer;
  let chosen = -1;
  const answers = () => [...list.querySelectorAll("a")];

  const choose = (n) => {
    chosen = n;
    answers().forEach((answer, at) => {
      answer.setAttribute("aria-selected", String(at === n));
      if (at === n) answer.scrollIntoView({ block: "nearest" });
    });
    if (n < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `answer-${n}`);
  };
  const show = (on) => {
    list.hidden = !on;
    input.setAttribute("aria-expanded", String(on && answers().length > 0));
    choose(-1);
  };
  const stop = () => { clearTimeout(timer); asked.abort(); show(false); };

  const fill = (found) => {
    every(found, "section", (section) => {
      section.setAttribute("role", "group");
      section.setAttribute("aria-label", section.querySelector("h2").textContent);
      section.removeAttribute("aria-labelledby");
    });
    every(found, "h2, ul, li", (part) => { part.setAttribute("role", "presentation"); part.removeAttribute("id"); });
    list.replaceChildren(...found.childNodes);
    answers().forEach((answer, n) => Object.entries({ id: `answer-${n}`, role: "option", tabindex: "-1" })
      .forEach(([name, value]) => answer.setAttribute(name, value)));
    const many = answers().length;
    if (many) { list.setAttribute("role", "listbox"); list.setAttribute("aria-label", "Answers"); }
    else { list.removeAttribute("role"); list.removeAttribute("aria-label"); }
    show(true);
    say(many ? `${many} ${many === 1 ? "answer" : "answers"}; the arrow keys choose` : list.textContent.trim());
  };

  const ask = async () => {
    const { signal } = asked = new AbortController();
    const address = `${form.getAttribute("action")}?${new URLSearchParams({ find: input.value, typing: "1" })}`;
    try {
      const answer = await fetch(address, { signal, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("found");
      if (found && !signal.aborted) fill(found);
    } catch { /* Overtaken, or the network is away: Enter still opens the page. */ }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked.abort();
    if (input.value.trim()) timer = setTimeout(ask, 120);
    else show(false);
  });
  input.addEventListener("keydown", (event) => {
    const all = answers();
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); stop(); }
    if (event.key === "Enter") {
      if (!list.hidden && all[chosen]) { event.preventDefault(); all[chosen].click(); }
      clearTimeout(timer);
    }
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || !all.length) return;
    event.preventDefault();
    if (list.hidden) show(true);
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(chosen < 0 && step < 0 ? all.length - 1 : (chosen + step + all.length) % all.length);
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) stop(); });
}


// `<input data-suggest="/clients?…&q=">` offers, as one types, the names with which the rows of that list begin.
function suggesting(input) {
  const offers = document.createElement("datalist");
  offers.id = `${input.id}-offers`;
  input.after(offers);
  input.setAttribute("list", offers.id);
  let asked = new AbortController();
  let timer;
  const ask = async () => {
    const { signal } = asked = new AbortController();
    try {
      const answer = await fetch(input.dataset.suggest + encodeURIComponent(input.value.trim()), { signal, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const names = [...page.querySelectorAll("main tbody th a[title]")].map((link) => link.title);
      if (!signal.aborted) offers.replaceChildren(...[...new Set(names)].map((name) => new Option(name, name)));
    } catch { /* Overtaken, or the network is away: the name can be typed. */ }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked.abort();
    if (input.value.trim().length > 1) timer = setTimeout(ask, 150);
  });
}

// Seven boxes for one ID: they take a paste of all of it in any punctuation, write capitals and lead on by themselves.
const bare = (text) => text.toUpperCase().replace(/[\s\p{P}]/gu, "");
function boxing(set) {
  const boxes = [...set.querySelectorAll("input")];
  const fill = (from, text) => {
    let at = from;
    for (; at < boxes.length; at++) {
      const last = at === boxes.length - 1;
      boxes[at].value = last ? text : text.slice(0, 5);
      text = last ? "" : text.slice(5);
      if (!text) break;
    }
    const on = boxes[Math.min(at, boxes.length - 1)];
    (on.value.length >= 5 && boxes[at + 1] ? boxes[at + 1] : on).focus();
  };
  boxes.forEach((box, at) => {
    box.addEventListener("paste", (event) => {
      const text = bare(event.clipboardData.getData("text"));
      if (!text) return;
      event.preventDefault();
      fill(text.length > 30 ? 0 : at, text);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    box.addEventListener("input", () => {
      const text = bare(box.value);
      if (text.length > 5) fill(at, text);
      else if (box.value !== text) { const place = box.selectionStart; box.value = text; box.setSelectionRange(place, place); }
      if (text.length === 5 && document.activeElement === box && box.selectionStart === 5) boxes[at + 1]?.focus();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && !box.value && at) { event.preventDefault(); boxes[at - 1].focus(); }
    });
  });
}

// `<form data-draft>` keeps what is typed at every pause, and shows what others write into the same call. Parts marked
// `data-live` are taken over from the answer; fields only where nothing was typed here since.
function drafting(form) {
  const dirty = new Set();
  let timer;
  let busy = false;
  let leaving = null;
  const named = (where) => [...where.querySelectorAll("input[name], textarea[name], select[name]")].filter((one) => one.type !== "hidden");
  const unkept = (text, href) => {
    const place = document.getElementById("kept");
    if (!place || place.firstChild?.textContent === text) return;
    place.textContent = text;
    place.classList.add("unkept");
    if (href) place.append(" ", Object.assign(document.createElement("a"), { href, target: "_blank", textContent: "Sign in on another tab" }));
  };

  // A field that nobody typed in here takes what stands in the draft by now: with what it showed before, it would
  // overwrite what somebody else wrote. The boxes of an ID are left alone while together they say the same.
  const takeFields = (fresh) => {
    const theirs = Map.groupBy(named(fresh), (one) => one.name);
    const whole = (boxes) => boxes.map((box) => box.value).join("");
    Map.groupBy(named(form), (one) => one.name).forEach((mine, name) => {
      const others = theirs.get(name);
      if (!others || name === "said" || dirty.has(name)) return;
      if (mine[0].closest("[data-boxes]") && whole(mine) === whole(others)) return;
      mine.forEach((one, place) => {
        const other = others[place];
        if (!other) return;
        if (one.type === "checkbox" || one.type === "radio") one.checked = other.checked;
        else if (one.value !== other.value) one.value = other.value;
      });
    });
  };
  const take = (page) => {
    const fresh = page.querySelector("form[data-draft]");
    if (!fresh) return over(page);
    every(fresh, "[id^='row-']", (row) => {
      if (document.getElementById(row.id)) return;
      const before = row.previousElementSibling && document.getElementById(row.previousElementSibling.id);
      if (!before) return;
      const added = row.cloneNode(true);
      before.after(added);
      every(added, "[data-boxes]", boxing);
    });
    every(fresh, "details[id^='row-'][open]", (row) => { const own = document.getElementById(row.id); if (own) own.open = true; });
    takeFields(fresh);
    every(document, "[data-live]", (part) => {
      const other = page.getElementById(part.id);
      if (other && !part.contains(document.activeElement) && !part.isEqualNode(other)) part.replaceWith(other.cloneNode(true));
    });
  };
  // Somebody ended the call meanwhile: what its page says takes this one's place.
  const over = (page) => {
    clearInterval(polling);
    const main = page.getElementById("main");
    document.title = page.title;
    if (main) { document.getElementById("main").replaceChildren(...main.childNodes); prepare(document); say(document.title); }
  };
  const send = async (address, body) => {
    const answer = await fetch(address, { method: "POST", body, credentials: "same-origin" });
    if (answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === "/sign-in")) throw Object.assign(new Error("Your session has ended. What you typed stays here, and is kept once you have signed in."), { href: "/sign-in" });
    if (!answer.ok && answer.status !== 422) throw new Error("the console does not answer. Trying again.");
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  const keep = async () => {
    if (busy) return later();
    busy = true;
    const sent = [...dirty];
    dirty.clear();
    try {
      const page = await send(form.action, new URLSearchParams(new FormData(form)));
      take(page);
    } catch (error) {
      sent.forEach((name) => dirty.add(name));
      leaving = null;
      unkept(`Not kept: ${error.name === "Error" ? error.message : "the connection is away. Trying again."}`, error.href);
      later(3000);
    }
    busy = false;
    leave();
  };
  // What is on its way is waited for, so that nobody is told of a change that was their own. Where it fails, nothing is sent.
  const leave = () => {
    const button = leaving;
    leaving = null;
    if (button && form.isConnected) form.requestSubmit(button);
  };
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy) return;
    leaving = event.submitter;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  // Nothing that is typed is thrown away with a call that was begun by mistake.
  document.addEventListener("submit", (event) => {
    const isMistake = event.target.matches("#ways-out form[action$='/mistake']");
    if (!isMistake || !form.isConnected || !(busy || dirty.size || form.elements.said?.value)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    unkept("Something is typed here: end the call with what came of it.");
  }, true);
  const later = (wait = 700) => { clearTimeout(timer); timer = setTimeout(keep, wait); };
  form.addEventListener("input", (event) => {
    if (event.target.name === "said") return;
    // What is read back is the ID that was kept: nobody reads the words of another one aloud.
    const row = event.target.closest("[data-boxes]")?.parentElement;
    if (row) every(row, ".readback > :is(p, ol)", (words) => words.remove());
    dirty.add(event.target.name);
    later();
  });

  const note = async (button) => {
    const said = form.elements.said;
    clearTimeout(timer);
    while (busy) await new Promise((done) => setTimeout(done, 30));
    busy = true;
    const body = new URLSearchParams(new FormData(form, button));
    const sent = [...dirty];
    dirty.clear();
    try {
      const page = await send(button.formAction, body);
      const refused = page.getElementById("f-said-problem");
      take(page);
      if (refused) say(refused.textContent);
      else { said.value = ""; say(button.textContent); }
      said.focus();
    } catch (error) {
      sent.forEach((name) => dirty.add(name));
      leaving = null;
      say(`Not noted: ${error.message}`);
      unkept(`Not noted: ${error.message}`, error.href);
    }
    busy = false;
    leave();
  };
  every(form, "[data-note] button", (button) => button.addEventListener("click", (event) => { event.preventDefault(); note(button); }));
  form.elements.said?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    form.querySelector("[data-note] button").click();
  });
  // In another field the Enter key keeps what is typed, and the cursor stays where it is.
  form.addEventListener("keydown", (event) => {
    const isOther = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented;
    if (event.key !== "Enter" || isOther || !event.target.matches("input")) return;
    event.preventDefault();
    clearTimeout(timer);
    keep();
  });
  const polling = setInterval(async () => {
    if (busy || dirty.size || document.hidden) return;
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected && !busy && !dirty.size) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* The next try may find the network again. */ }
  }, 3000);
}

// `<output data-timer="…">` counts from that moment on.
function count(timer) {
  const seconds = Math.max(0, Math.floor((Date.now() - new Date(timer.dataset.timer)) / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  timer.textContent = `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

every(document, "[data-search]", searching);
every(document, "[data-suggest]", suggesting);
every(document, "[data-boxes]", boxing);
every(document, "form[data-draft]", drafting);
every(document, "[data-timer]", (timer) => { count(timer); setInterval(() => count(timer), 1000); });
prepare(document);
every(document, "[data-poll]", (region) => poll(region));
document.querySelector("[data-focus]")?.focus();
setInterval(() => every(document, "time[data-near]", near), 30000);
