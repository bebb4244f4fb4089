// "4 minutes ago", kept right while the page is open. The plain moment stays as the title.
const STEPS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

class RelativeTime extends HTMLElement {
  static shown = new Set();

  connectedCallback() {
    this.time = this.querySelector("time");
    if (!this.time) return;
    this.time.title ||= this.time.textContent;
    RelativeTime.shown.add(this);
    RelativeTime.timer ??= setInterval(RelativeTime.refresh, 30_000);
    this.draw();
  }

  disconnectedCallback() {
    RelativeTime.shown.delete(this);
  }

  static refresh() {
    for (const element of RelativeTime.shown) element.draw();
  }

  draw() {
    const seconds = (Date.parse(this.time.dateTime) - Date.now()) / 1000;
    if (Number.isNaN(seconds)) return;
    RelativeTime.format ??= new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
    const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
    const amount = unit === "second" && Math.abs(seconds) < 45 ? 0 : Math.round(seconds / size);
    const words = RelativeTime.format.format(amount, unit);
    if (this.time.textContent !== words) this.time.textContent = words;
  }
}
customElements.define("x-relative-time", RelativeTime);
