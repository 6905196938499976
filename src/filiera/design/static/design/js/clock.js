// Marks what is on now and what comes next. Rows carry data-start and data-end (ISO, UTC);
// <body data-now="…"> lets a demonstration set the clock. The tab of the day in view is marked.

const list = document.querySelector("[data-clock]");
if (list) {
  const given = document.body.dataset.now ? Date.parse(document.body.dataset.now) - Date.now() : 0;
  const marker = document.getElementById("now-marker");
  const hours = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: list.dataset.zone || undefined,
  });
  const mark = () => {
    const now = Date.now() + given;
    const rows = [...list.querySelectorAll("[data-start]")];
    for (const row of rows) {
      const isOn = Date.parse(row.dataset.start) <= now && now < Date.parse(row.dataset.end);
      row.classList.toggle("is-now", isOn);
      row.classList.toggle("is-over", Date.parse(row.dataset.end) <= now);
    }
    if (!marker) return;
    const next = rows.find((row) => Date.parse(row.dataset.start) > now);
    const begun = rows.some((row) => Date.parse(row.dataset.start) <= now);
    marker.hidden = !(next && begun);
    if (marker.hidden) return;
    marker.querySelector("time").textContent = hours.format(now);
    const slot = next.closest("[data-slot]") ?? next;
    if (slot.previousElementSibling !== marker) slot.before(marker);
  };
  mark();
  setInterval(mark, 30000);
}

const tabs = new Map();
for (const link of document.querySelectorAll('.tabs > a[href^="#"]')) {
  const day = document.getElementById(link.hash.slice(1));
  if (day) tabs.set(day, link);
}
if (tabs.size) {
  const show = () => {
    // The day whose heading was the last to pass under the bar of tabs.
    const passed = [...tabs.keys()].filter((day) => day.getBoundingClientRect().top < innerHeight / 3);
    const current = passed.at(-1) ?? tabs.keys().next().value;
    for (const [day, link] of tabs) {
      if (day !== current) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        const row = link.parentElement;
        row.scrollTo({ left: link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2 });
      }
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; show(); });
  }, { passive: true });
  show();
}
